"""What a check found: claims that hold, that do not, and that could not be tried."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

ALL_ROWS = 40
"""A check with more rows than this shows those that do not hold, and its picture."""


@dataclass(frozen=True)
class Row:
    """`claim` about `subject`; `ok` is None where it could not be tried, and `seen` says why or what happened."""

    subject: str
    claim: str
    ok: bool | None
    seen: str = ""


class NotAskedError(Exception):
    """The check is not for this stack; the message says why."""


@dataclass(frozen=True)
class Report:
    """The rows of one check and the seconds they took; `excuse` says why this stack was not asked."""

    check: str
    rows: tuple[Row, ...]
    seconds: float
    excuse: str = ""

    @property
    def ok(self) -> bool:
        """Something was claimed, and every claim was tried and holds; or the stack was not to be asked."""
        return bool(self.rows or self.excuse) and all(row.ok for row in self.rows)

    def count(self, ok: bool | None) -> int:
        """How many rows hold (True), do not hold (False) or were not checked (None)."""
        return sum(row.ok is ok for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """Plain data for the JSON file."""
        return {
            "check": self.check,
            "ok": self.ok,
            "not_asked": self.excuse or None,
            "seconds": round(self.seconds, 1),
            "holds": self.count(True),
            "fails": self.count(False),
            "not_checked": self.count(None),
            "rows": [asdict(row) for row in self.rows],
        }


def table(report: Report) -> Table | None:
    """The rows worth showing, the faults first; None when all hold and there are many."""
    faults = [row for row in report.rows if not row.ok]
    shown = [*faults, *(row for row in report.rows if row.ok)] if len(report.rows) <= ALL_ROWS else faults
    if not shown:
        return None
    drawn = Table("", "subject", "claim", "seen", box=None, header_style="dim")
    for row in shown:
        drawn.add_row(mark(row.ok), Text(row.subject), Text(row.claim), Text(row.seen))
    return drawn


def mark(ok: bool | None) -> Text:
    """A claim's verdict as one word."""
    return {True: Text("ok", "green"), False: Text("FAIL", "bold red"), None: Text("unchecked", "yellow")}[ok]


def summary(reports: Iterable[Report]) -> Table:
    """One line for each check."""
    drawn = Table("check", "", "holds", "fails", "unchecked", "seconds", box=None, header_style="dim")
    for report in reports:
        counts = [str(report.count(ok)) for ok in (True, False, None)]
        verdict = Text("not asked", "yellow") if report.excuse else mark(report.ok)
        drawn.add_row(report.check, verdict, *counts, f"{report.seconds:.1f}")
    return drawn
