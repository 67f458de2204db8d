"""python -m scripts.jobs STACK [JOB] [--json]: what a stack does on schedules, and what came of it last.

Without JOB every schedule of the stack's diagram is shown, backups included, with the last run where the stack is up.
With JOB that job is run now: 1 where it finds something wrong. --json prints JSON in place of a table.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import docker
from docker.errors import DockerException
from rich.console import Console
from rich.table import Table

from apps.schedule import Scheduled
from diagram import Backup, Jobs, Schedule, System
from diagram.__main__ import sketch_of
from scripts import containers
from settings import SettingsError

PROGRAM = ("python3", "-m", "apps.jobs")
COLUMNS = ("service", "what", "cron", "zone", "next", "last", "ok")


class JobsError(Exception):
    """The stack has no such job, or does not run."""


def planned(system: System, now: datetime) -> Iterator[dict[str, Any]]:
    """Every schedule of a diagram, with its next moment."""
    for service in system.services:
        match service:
            case Jobs():
                yield from (_row(service.name, job.name, job.schedule, now) for job in service.jobs)
            case Backup():
                yield from (_row(service.name, kept.name, kept.schedule, now) for kept in service.keeps)


def _row(service: str, what: str, schedule: Schedule, now: datetime) -> dict[str, Any]:
    moment = Scheduled(what, schedule.cron, schedule.zone).next(now).isoformat()
    return {
        "service": service, "what": what, "cron": schedule.cron, "zone": schedule.zone, "next": moment, "last": None,
        "ok": None,
    }  # fmt: skip


def shown(stack: str, system: System, now: datetime) -> list[dict[str, Any]]:
    """The schedules, with the last runs that the stack's own services tell."""
    rows = list(planned(system, now))
    for service in (it for it in system.services if isinstance(it, Jobs)):
        if container := _container(stack, service.name):
            told = json.loads(_said([*_in(container), *PROGRAM, "schedule"]).stdout)
            last = {job["job"]: job for job in told}
            for row in rows:
                if row["service"] == service.name:
                    row |= {"last": last[row["what"]]["ended"], "ok": last[row["what"]]["ok"]}
    return rows


def run(stack: str, system: System, job: str, *, as_json: bool) -> "subprocess.CompletedProcess[str]":
    """Run a job now, in its own service: what it said, and 1 where it found something wrong. Raises JobsError."""
    services = [it for it in system.services if isinstance(it, Jobs) and job in {one.name for one in it.jobs}]
    known = sorted(one.name for it in system.services if isinstance(it, Jobs) for one in it.jobs)
    if not services:
        raise JobsError(f"{job}: {stack} has no such job; it has {', '.join(known) or 'none'}")
    container = _container(stack, services[0].name)
    if not container:
        raise JobsError(f"{services[0].name}: stack {stack} is not up")
    return _said([*_in(container), *PROGRAM, job, *(["--json"] if as_json else [])])


def _container(stack: str, service: str) -> str:
    try:
        found = containers.labelled(docker.from_env(), stack, {"service": service})
    except DockerException:
        return ""
    return str(found[0].id) if found else ""


def _in(container: str) -> list[str]:
    return ["docker", "exec", container]


def _said(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(*COLUMNS, box=None)
    marks = {True: "yes", False: "NO", None: ""}
    for row in rows:
        table.add_row(*(marks[row[name]] if name == "ok" else str(row[name] or "") for name in COLUMNS))
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; 1 for what cannot be done or is not well, 2 for a stack that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m scripts.jobs", description=__doc__)
    parser.add_argument("stack")
    parser.add_argument("job", nargs="?")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        system = sketch_of(asked.stack)
        if asked.job:
            done = run(asked.stack, system, asked.job, as_json=asked.json)
            sys.stdout.write(done.stdout)
            sys.stderr.write(done.stderr)
            return done.returncode
    except (SettingsError, JobsError) as error:
        print(f"jobs: {error}", file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1
    rows = shown(asked.stack, system, datetime.now(UTC))
    if asked.json:
        print(json.dumps(rows, indent=1))
    else:
        Console(width=None if sys.stdout.isatty() else 140).print(_table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
