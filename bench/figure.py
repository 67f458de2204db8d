"""A figure: what was measured, beside what it is compared with, and the aim."""

from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Samples:
    """What several runs of one thing took. At least one."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest."""
        return min(self.values), max(self.values)

    def as_json(self) -> dict[str, Any]:
        """Plain data for the JSON file."""
        low, high = self.spread
        rounded = [round(value, 3) for value in self.values]
        return {"median": round(self.median, 3), "lowest": round(low, 3), "highest": round(high, 3), "runs": rounded}


@dataclass(frozen=True)
class Figure:
    """`measured` in `unit`; where there is something to compare it with, `aim` is the highest ratio of the medians,
    else the highest median. Without an aim it only informs."""

    name: str
    measured: Samples
    unit: str = "s"
    against: str = ""
    reference: Samples | None = None
    aim: float | None = None

    @property
    def ratio(self) -> float | None:
        """The measured median over the reference's."""
        return self.measured.median / self.reference.median if self.reference else None

    @property
    def holds(self) -> bool | None:
        """Whether the aim is reached; None where there is none."""
        reached = self.ratio if self.reference else self.measured.median
        return None if self.aim is None or reached is None else reached <= self.aim

    def as_json(self) -> dict[str, Any]:
        """Plain data for the JSON file."""
        reference = {"against": self.against, "reference": self.reference.as_json()} if self.reference else {}
        ratio = {"ratio": round(self.ratio, 3)} if self.ratio is not None else {}
        own = {"name": self.name, "unit": self.unit, "measured": self.measured.as_json()}
        return {**own, **reference, **ratio, "aim": self.aim, "holds": self.holds}


@dataclass(frozen=True)
class Unmeasured:
    """A figure that this machine cannot give, and why."""

    name: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Plain data for the JSON file."""
        return {"name": self.name, "unmeasured": self.reason}


Line = Figure | Unmeasured
