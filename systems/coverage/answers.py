"""The answers: those that the diagram gives by itself, and those that somebody wrote and somebody reviewed."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from diagram import System
from systems.coverage.rows import Row

ANSWERS = Path(__file__).parent / "answers"


class CoverageError(Exception):
    """A row that nobody answered, or an answer that is none."""


class Status(StrEnum):
    """What became of a row."""

    deployed = "deployed here"
    planned = "planned here"
    later = "later"
    foreign = "not ours"


SHOWN = frozenset({Status.deployed, Status.planned})
"""What a test has to show."""


class Answer(NamedTuple):
    """`test` is ``file::function``; empty where there is nothing to show."""

    status: Status
    words: str = ""
    test: str = ""


class Answers:
    """The answers for one system: `written` ones, and `system`, its diagram; None while there is none."""

    def __init__(self, written: Mapping[str, Any], system: System | None, alerts: Sequence[str]) -> None:
        self.written, self.system, self.alerts = written, system, alerts
        self.links = {link.name for link in system.links} if system else set()
        self.drawn = Status(written.get("diagram", Status.deployed))

    def to(self, row: Row) -> Answer:
        """The answer to `row`. Raises CoverageError when there is none."""
        if found := self._by_itself(row):
            return found
        try:
            text = self.written[row.kind][row.key]
        except (KeyError, TypeError):
            raise CoverageError(f"{row.kind}: {row.key!r} has no answer: write one, or name what it is here") from None
        return self._read(row, text)

    def _by_itself(self, row: Row) -> Answer | None:
        """What the diagram says; its rows are deployed unless the answers' `diagram` says that nobody did so yet."""
        match row.kind:
            case "services" if (name := self._name(row.key)) in self._services():
                return Answer(self.drawn, "" if name == row.key else name, self._test("services"))
            case "links":
                return self._link(row)
            case "alerts" if row.name in self.alerts:
                return Answer(self.drawn, row.name, self._test("alerts"))
        return None

    def _link(self, row: Row) -> Answer | None:
        callers, callees = (self._ends(end) for end in row.ends)
        wanted = [f"{one}-to-{other}" for one in callers for other in callees]
        pulled = [f"{other}-to-{one}" for one in callers for other in callees]
        for names in (wanted, pulled):
            if names and set(names) <= self.links:
                return Answer(self.drawn, ", ".join(names), self._test("links"))
        return None

    def _ends(self, end: str) -> list[str]:
        return [self._name(one) for one in re.split(r", | and ", end)]

    def _name(self, name: str) -> str:
        known: str = self.written.get("names", {}).get(name, name)
        return known

    def _services(self) -> Mapping[str, Any]:
        return self.system.by_name if self.system else {}

    def _read(self, row: Row, text: str) -> Answer:
        status, words, test, *_ = (*(part.strip() for part in text.split("|")), "", "")
        try:
            answer = Answer(Status(status), words, self._test(test[1:]) if test.startswith("=") else test)
        except ValueError:
            accepted = ", ".join(Status)
            raise CoverageError(f"{row.kind}: {row.key!r}: {status!r} is no status; accepted: {accepted}") from None
        if (answer.status in SHOWN) != bool(answer.test):
            raise CoverageError(f"{row.kind}: {row.key!r}: what is deployed or planned has a test, and nothing else")
        return answer

    def _test(self, short: str) -> str:
        try:
            found: str = self.written["tests"][short]
        except KeyError:
            raise CoverageError(f"tests: has no {short!r}") from None
        return found


@cache
def written(system: str) -> Mapping[str, Any]:
    """The written answers for a system."""
    found: Mapping[str, Any] = yaml.safe_load((ANSWERS / f"{system}.yaml").read_text())
    return found
