"""Errors that end a run before or outside any resource."""


class EngineError(Exception):
    """One clear message for the person at the terminal; it never holds a secret."""


class LockedError(EngineError):
    """Another run holds the stack."""


class StateError(EngineError):
    """The state cannot be read, or is not the one of this stack."""


class PassphraseError(EngineError):
    """The passphrase does not open this stack's secrets."""


class ConfigError(EngineError):
    """The configuration does not satisfy the schema of Pulumi.yaml."""


class UnsupportedError(EngineError):
    """Something that only the Pulumi CLI can do."""

    def __str__(self) -> str:
        return f"{self.args[0]} is not supported by the embedded engine: use the Pulumi CLI (--engine pulumi)"
