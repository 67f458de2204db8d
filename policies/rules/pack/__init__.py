"""The rules at work: judging resources, waiving findings, and answering Pulumi."""
