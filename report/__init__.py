"""What a preview or a check of a stack found, and its forms: a table, JSON, SARIF, JUnit and Markdown."""
