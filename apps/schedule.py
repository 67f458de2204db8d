"""When jobs run, what each said last, and which did not come: the clock of a schedule, and a folder."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter

LATE = timedelta(minutes=30)
"""How long after its moment a job that did not come is missed."""


@dataclass(frozen=True)
class Scheduled:
    """A job's name, and the clock that it runs by."""

    name: str
    cron: str
    zone: str

    def previous(self, now: datetime) -> datetime:
        """The schedule's last moment, not after `now`, by the clock on the wall of its zone."""
        return self._moment(now, "get_prev")

    def next(self, now: datetime) -> datetime:
        """The schedule's next moment."""
        return self._moment(now, "get_next")

    def _moment(self, now: datetime, which: str) -> datetime:
        zone = ZoneInfo(self.zone)
        second = timedelta(seconds=1 if which == "get_prev" else 0)
        wall = now.astimezone(zone).replace(tzinfo=None, microsecond=0) + second
        moment: datetime = getattr(croniter(self.cron, wall), which)(datetime)
        return moment.replace(tzinfo=zone)


@dataclass(frozen=True)
class Kept:
    """The folder that holds the last run of each job."""

    folder: Path

    def since(self) -> datetime:
        """When this folder was first used: no job was missed before."""
        path = self.folder / ".since"
        if not path.exists():
            path.touch()
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def last(self, name: str) -> dict[str, Any]:
        """What the job's last run said; nothing where there was none."""
        path = self.folder / f"{name}.json"
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def keep(self, name: str, said: dict[str, Any]) -> None:
        """Replace what is kept of a job, whole or not at all."""
        partial = self.folder / f".{name}.new"
        partial.write_text(json.dumps(said, indent=1, default=str))
        partial.replace(self.folder / f"{name}.json")

    def began(self, name: str) -> datetime:
        """When the last run began, or the first moment at which one could have."""
        said = self.last(name).get("began")
        return datetime.fromisoformat(said) if said else self.since()


def due(jobs: Iterable[Scheduled], kept: Kept, now: datetime) -> list[str]:
    """The jobs that have not run since their schedule's last moment."""
    return [job.name for job in jobs if kept.began(job.name) < job.previous(now)]


def missed(jobs: Iterable[Scheduled], kept: Kept, now: datetime) -> list[str]:
    """Those of the jobs due whose moment is longer ago than a run may wait."""
    jobs = list(jobs)
    late = set(due(jobs, kept, now))
    return [job.name for job in jobs if job.name in late and now - job.previous(now) > LATE]


def schedule(jobs: Iterable[Scheduled], kept: Kept, now: datetime) -> list[dict[str, Any]]:
    """Each job with its schedule, its last run and its next."""
    return [
        {
            "job": job.name, "cron": job.cron, "zone": job.zone, "next": job.next(now).isoformat(),
            **{what: kept.last(job.name).get(what) for what in ("began", "ended", "ok")},
        }
        for job in jobs
    ]  # fmt: skip
