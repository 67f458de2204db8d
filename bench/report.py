"""The figures as a table for people and as a document for programs."""

import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from bench.figure import Figure, Line, Samples, Unmeasured

VERDICT = {True: "[green]reached[/]", False: "[red]missed[/]", None: ""}


def table(lines: Iterable[Line]) -> Table:
    """A row for each figure: medians, with the lowest and highest run in brackets."""
    drawn = Table("figure", "measured", "against", "ratio", "aim", "")
    for column in drawn.columns[1:5]:
        column.justify = "right"
    for line in lines:
        drawn.add_row(*row(line))
    return drawn


def row(line: Line) -> tuple[str, ...]:
    """The cells of a line."""
    if isinstance(line, Unmeasured):
        return line.name, "", "", "", "", f"not measured: {line.reason}"
    against = f"{line.against} {shown(line.reference, line.unit)}" if line.reference else ""
    ratio = f"{line.ratio:.2f}" if line.ratio is not None else ""
    return line.name, shown(line.measured, line.unit), against, ratio, _aim(line), VERDICT[line.holds]


def shown(samples: Samples, unit: str) -> str:
    """The median, and the spread where there was more than one run."""
    low, high = samples.spread
    spread = f" ({low:.4g} to {high:.4g})" if len(samples.values) > 1 else ""
    return f"{samples.median:.4g} {unit}{spread}"


def _aim(figure: Figure) -> str:
    if figure.aim is None:
        return ""
    return f"≤ {figure.aim:g}" + ("" if figure.reference else f" {figure.unit}")


def write(path: Path, lines: Iterable[Line]) -> None:
    """The document, with the machine that it is true for."""
    machine = {
        "processors": len(os.sched_getaffinity(0)),
        "load": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
    }
    document = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**document, "figures": [line.as_json() for line in lines]}, indent=1) + "\n")
