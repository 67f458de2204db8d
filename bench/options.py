"""What one call of the bench was asked for."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Options:
    """How often each thing is measured, and the sizes of the synthetic systems, in rising order."""

    runs: int = 3
    sizes: tuple[int, ...] = (10, 100, 1000)
