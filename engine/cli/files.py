"""The files that `--report` names."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.errors import EngineError
from report import files
from report.model import Report

Wanted = Sequence[tuple[str, Path]]


def wanted(given: Sequence[str] | None) -> Wanted:
    """Each format with its file; an EngineError for what is none."""
    try:
        return files.wanted(given)
    except ValueError as error:
        raise EngineError(str(error)) from None


def write(report: Report, wanted: Wanted, source: str) -> None:
    """Writes the report; an EngineError names the file that cannot be written. `source` is what findings point to."""
    try:
        files.write(replace(report, source=source), wanted)
    except OSError as error:
        raise EngineError(f"the report {error.filename} cannot be written: {error.strerror}") from None
