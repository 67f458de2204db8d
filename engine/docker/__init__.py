"""The docker provider of the embedded engine, over the Docker SDK for Python."""
