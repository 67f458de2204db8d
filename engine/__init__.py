"""The embedded engine: runs the same program, policies and state without the Pulumi CLI."""
