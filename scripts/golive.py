"""python -m scripts.golive STACK [--json]: a system's go-live checklist, as far as a program can answer it.

Technical rows are answered by the last `python -m verify --stack STACK` of this checkout, if nothing was deployed
since, and by the stack's jobs, which run now; the rest is listed for people. Nothing is changed. 0 where every
technical row holds, 1 where one does not or was not checked, 2 where there is no checklist.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import docker
import yaml
from docker.errors import DockerException
from rich.console import Console
from rich.table import Table

from diagram import System
from diagram.__main__ import sketch_of
from scripts.jobs import JobsError, run
from settings import SettingsError

ROOT = Path(__file__).parents[1]
LISTS = ROOT / "systems" / "golive"
PEOPLE, HOLDS, FAILS, UNCHECKED = "people", "holds", "FAILS", "not checked"


@dataclass(frozen=True)
class Answer:
    """A row of the checklist: who or what answers it, with which verdict, and what was seen."""

    phase: str
    row: str
    by: str
    verdict: str
    seen: str = ""


def answers(checklist: Mapping[str, Mapping[str, str]], verified: "Verified", jobs: "Jobs") -> Iterator[Answer]:
    """Every row, in the checklist's order."""
    for phase, rows in checklist.items():
        for row, by in rows.items():
            kind, _, rest = by.partition(" ")
            if kind == PEOPLE:
                yield Answer(phase, row, by, PEOPLE)
                continue
            name, _, subjects = rest.partition(" ")
            ask: Callable[..., tuple[str, str]] = {"verify": verified.of, "job": jobs.of}[kind]
            yield Answer(phase, row, by, *ask(name, subjects))


@dataclass(frozen=True)
class Verified:
    """What `verify` wrote; `stale` says why that no longer counts."""

    checks: Mapping[str, Mapping[str, Any]]
    stale: str = ""

    @staticmethod
    def read(path: Path, deployed: datetime | None) -> "Verified":
        """From its file, which has to be younger than the last deployment."""
        if not deployed:
            return Verified({}, "the stack is not up")
        if not path.exists():
            return Verified({}, "verify was not run")
        if path.stat().st_mtime < deployed.timestamp():
            return Verified({}, "something was deployed since verify was run")
        return Verified({it["check"]: it for it in json.loads(path.read_text())["checks"]})

    def of(self, check: str, services: str) -> tuple[str, str]:
        """The verdict of a check, or of its rows about some services."""
        if check not in self.checks:
            return UNCHECKED, self.stale or "verify was run without it"
        if excuse := self.checks[check]["not_asked"]:
            return UNCHECKED, excuse
        names = set(services.split())
        rows = [it for it in self.checks[check]["rows"] if not names or _service(it["subject"]) in names]
        missing = names - {_service(it["subject"]) for it in rows}
        return _verdict([it["ok"] for it in rows], [*sorted(missing)])


@dataclass
class Jobs:
    """What the stack's jobs say, each run once."""

    ask: Callable[[str], Sequence[Mapping[str, Any]]]

    def __post_init__(self) -> None:
        self.said: dict[str, Sequence[Mapping[str, Any]]] = {}

    def of(self, job: str, subjects: str) -> tuple[str, str]:
        """The verdict of a job, or of its findings about some subjects."""
        try:
            found = self.said[job] if job in self.said else self.said.setdefault(job, self.ask(job))
        except (JobsError, ValueError) as error:
            return UNCHECKED, str(error)
        names = {it.strip() for it in subjects.split(",") if it.strip()}
        rows = [it for it in found if it["ok"] is not None and (not names or it["subject"] in names)]
        return _verdict([it["ok"] for it in rows], sorted(names - {it["subject"] for it in rows}))


def _service(subject: str) -> str:
    """The service that a row of verify is about: the callee, where somebody asks it."""
    return re.split("[,/ ]", subject, maxsplit=1)[0]


def _verdict(found: Sequence[bool | None], missing: Sequence[str]) -> tuple[str, str]:
    seen = f"{sum(it is True for it in found)} of {len(found)} hold"
    if any(it is False for it in found):
        return FAILS, seen
    if missing or not found or None in found:
        return UNCHECKED, seen + (f"; nothing about {', '.join(missing)}" if missing else "")
    return HOLDS, seen


def deployed(stack: str) -> datetime | None:
    """When a service of the stack was last changed; None where none runs."""
    try:
        found = docker.from_env().services.list(filters={"label": f"rempart.stack={stack}"})
    except DockerException:
        return None
    return max(
        (datetime.fromisoformat(f"{it.attrs['UpdatedAt'][:26].rstrip('Z')}+00:00") for it in found), default=None
    )


def _asks(stack: str, system: System) -> Callable[[str], Sequence[Mapping[str, Any]]]:
    def ask(job: str) -> Sequence[Mapping[str, Any]]:
        said: Sequence[Mapping[str, Any]] = json.loads(run(stack, system, job, as_json=True).stdout)["findings"]
        return said

    return ask


def _table(found: Sequence[Answer]) -> Table:
    table = Table("when", "what", "answered by", "verdict", "seen", box=None)
    phase = ""
    for it in found:
        table.add_row(it.phase if it.phase != phase else "", it.row, it.by, it.verdict, it.seen)
        phase = it.phase
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the checklist."""
    parser = argparse.ArgumentParser(prog="python -m scripts.golive", description=__doc__)
    parser.add_argument("stack")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        system = sketch_of(asked.stack)
    except SettingsError as error:
        print(f"golive: {error}", file=sys.stderr)
        return 2
    path = LISTS / f"{system.name}.yaml"
    if not path.exists():
        print(f"golive: {system.name} has no checklist", file=sys.stderr)
        return 2
    written = ROOT / ".rempart" / asked.stack / "verify.json"
    verified, jobs = Verified.read(written, deployed(asked.stack)), Jobs(_asks(asked.stack, system))
    found = list(answers(yaml.safe_load(path.read_text()), verified, jobs))
    counts = {verdict: sum(it.verdict == verdict for it in found) for verdict in (HOLDS, FAILS, UNCHECKED, PEOPLE)}
    if asked.json:
        print(json.dumps({"stack": asked.stack, "counts": counts, "rows": [asdict(it) for it in found]}, indent=1))
    else:
        Console(width=None if sys.stdout.isatty() else 170).print(_table(found))
        print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return int(bool(counts[FAILS] + counts[UNCHECKED]))


if __name__ == "__main__":
    sys.exit(main())
