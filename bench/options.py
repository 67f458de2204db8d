"""What one call of the bench was asked for."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Options:
    """How often each thing is measured, the sizes of the synthetic systems, in rising order, and of the database."""

    runs: int = 3
    sizes: tuple[int, ...] = (10, 100, 1000)
    megabytes: int = 1000
    """How large the database is that is backed up."""
