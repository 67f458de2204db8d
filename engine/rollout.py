"""How long resources took to come up, and for how long nothing of them ran, measured while it happened."""

import time
from dataclasses import dataclass, field
from datetime import date

from engine.events import Event, Progress, StepDone, StepStarted


@dataclass(frozen=True)
class Rollout:
    """`op` (create, update or replace) took `seconds`; for `down` of them nothing ran that had run before."""

    op: str
    seconds: float
    down: float


@dataclass(frozen=True)
class Measured:
    """A rollout, and the day it began on."""

    rollout: Rollout
    day: date


@dataclass
class _Watch:
    began: float
    ran: bool  # something of it ran before
    stopped: float | None = None
    down: float = 0.0

    def runs(self, now: float, runs: bool) -> None:
        if runs and self.stopped is not None:
            self.down += now - self.stopped
            self.stopped = None
        elif not runs and self.ran and self.stopped is None:
            self.stopped = now


@dataclass
class Rollouts:
    """Follows the events of a run. What counts is a resource whose provider says whether it runs."""

    _watched: dict[str, _Watch] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _taken: dict[str, Rollout] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        now = time.monotonic()
        match event:
            case StepStarted(op="update" | "create", urn=urn):
                self._watched[urn] = _Watch(now, ran=event.op == "update")
            case StepStarted(op="delete-replaced", urn=urn) if urn not in self._taken:
                self._watched[urn] = _Watch(now, ran=True, stopped=now)
            case StepStarted(op="create-replacement", urn=urn):
                self._watched.setdefault(urn, _Watch(now, ran=False))
            case Progress(urn=urn, runs=bool(runs)) if urn in self._watched:
                self._told.add(urn)
                self._watched[urn].runs(now, runs)
            case StepDone(op="update" | "create" | "create-replacement", urn=urn) if urn in self._watched:
                self._end(event.op, urn, now)
            case _:
                pass

    def _end(self, op: str, urn: str, now: float) -> None:
        watch = self._watched.pop(urn)
        watch.runs(now, True)
        if urn in self._told:
            done = "replace" if op == "create-replacement" else op
            self._taken[urn] = Rollout(done, round(now - watch.began, 1), round(watch.down, 1))

    def taken(self) -> dict[str, Rollout]:
        """What has come up, by URN."""
        return dict(self._taken)
