"""Which reports are wanted, and where: `FORMAT=FILE`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from report import document, junit, markdown, sarif, table
from report.model import Report

FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {
    "table": lambda report: "".join(f"{line}\n" for line in table.lines(report)),
    "json": document.text,
    "sarif": sarif.text,
    "junit": junit.text,
    "markdown": markdown.text,
}


def wanted(given: Sequence[str] | None) -> list[tuple[str, Path]]:
    """Each format with its file. Raises ValueError for what is not FORMAT=FILE."""
    found = []
    for each in given or ():
        name, _, file = each.partition("=")
        if name not in FORMATS or not file:
            raise ValueError(f"--report {each}: must be FORMAT=FILE, the format one of {', '.join(FORMATS)}")
        if not Path(file).resolve().parent.is_dir():
            raise ValueError(f"--report {each}: the folder {Path(file).parent} does not exist")
        found.append((name, Path(file)))
    return found


def write(report: Report, wanted: Sequence[tuple[str, Path]]) -> None:
    """Write the report in each format to its file. Raises OSError where that is not possible."""
    for name, path in wanted:
        path.write_text(FORMATS[name](report), encoding="utf-8")
