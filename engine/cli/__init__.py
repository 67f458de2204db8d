"""The command line: Pulumi's own commands and arguments, for the embedded engine, and the gate in front of the CLI."""
