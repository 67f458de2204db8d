"""A secret that a service reads from a file."""

from diagram.description import Description, Name


class Secret(Description):
    """`name` is the file under /run/secrets, and NAME_FILE in the environment its path.

    Made by the stack as `size` random bytes in base64, unless `config` names the secret configuration key that brings
    it (a third party's key): then, where the stack does not require it, a missing one switches the feature off.
    """

    name: Name
    config: str | None = None
    size: int = 32
    keeps_old: bool = False
    """The file holds every generation since the first, one on each line, the current one first: what was encrypted with
    an old key stays readable. Otherwise it holds those that are accepted."""

    @property
    def variable(self) -> str:
        """The environment variable that holds the file's path."""
        return f"{self.name.upper().replace('-', '_')}_FILE"
