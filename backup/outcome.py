"""How a run ended."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `dumped` and `sealed` are bytes; times are seconds."""

    taken: str
    files: tuple[str, ...] = ()
    rows: int = 0
    dumped: int = 0
    sealed: int = 0
    seconds_to_seal: float = 0
    seconds_to_prove: float = 0
    error: str = ""
