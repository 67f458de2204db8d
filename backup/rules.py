"""Which backups are taken when, and which are kept: pure functions of names and moments.

A class of backups (daily, say) has a schedule, and keeps so many copies for so many days. One dump serves every class
that has none since its schedule's last moment.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter


@dataclass(frozen=True)
class Kept:
    """A class of backups: taken at `cron` by the clock of `zone`; the newest `copies` are kept, none beyond `days`."""

    name: str
    cron: str
    zone: str
    copies: int
    days: int


@dataclass(frozen=True, order=True)
class Copy:
    """A good backup under one class: when its dump began."""

    taken: datetime
    kept: str


def previous(rule: Kept, now: datetime) -> datetime:
    """The schedule's last moment, not after `now`.

    The schedule means the clock on the wall, whatever its zone does in March and October.
    """
    zone = ZoneInfo(rule.zone)
    wall = now.astimezone(zone).replace(tzinfo=None, microsecond=0) + timedelta(seconds=1)
    moment: datetime = croniter(rule.cron, wall).get_prev(datetime)
    return moment.replace(tzinfo=zone)


def due(rules: Iterable[Kept], copies: Collection[Copy], now: datetime) -> list[str]:
    """The classes that have no copy since their schedule's last moment."""
    return [rule.name for rule in rules if not _since(copies, rule, previous(rule, now))]


def expired(rules: Iterable[Kept], copies: Collection[Copy]) -> set[Copy]:
    """The copies to delete: too many of their class, or too old beside its newest one.

    The newest copy of a class is never among them, and the clock is not asked: where no new backup comes, none goes.
    """
    gone: set[Copy] = set()
    for rule in rules:
        newest_first = sorted((copy for copy in copies if copy.kept == rule.name), reverse=True)
        for rank, copy in enumerate(newest_first[1:], 1):
            if rank >= rule.copies or newest_first[0].taken - copy.taken > timedelta(days=rule.days):
                gone.add(copy)
    return gone


def _since(copies: Collection[Copy], rule: Kept, moment: datetime) -> bool:
    return any(copy.kept == rule.name and copy.taken >= moment for copy in copies)
