"""Waiting for a service: until all replicas run what was asked for, or until it is clear that they will not."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from engine.docker.kinds import duration
from engine.docker.swarm import Look, Swarm
from engine.provider import Progress, ProviderError

_PAUSE: Final = 0.3
_STEADY_SECONDS: Final = 1.0  # a task without a health check that crashes at once was "running" for a moment
_HOPELESS_REJECTIONS: Final = 3
_FAILED_UPDATES: Final = {
    "rollback_completed": "service rollback completed",
    "paused": "service update paused",
    "rollback_paused": "service rollback paused",
}


class NotConvergedError(ProviderError):
    """The service does not do what was asked for; the message holds its last words."""


@dataclass
class Wait:
    """One wait for the service `id`, which was changed at `since` and gets `timeout` nanoseconds."""

    swarm: Swarm
    id: str
    since: float
    timeout: int
    progress: Progress
    _steady: frozenset[str] = frozenset()
    _since_steady: float = 0.0

    def until_created(self) -> None:
        for look in self._looks():
            if self._complete(look):
                return
            if reason := _hopeless(look):
                raise self._failed(look, reason)

    def until_updated(self) -> None:
        for look in self._looks():
            state, message = look.update
            if state in _FAILED_UPDATES:
                raise self._failed(look, f"{_FAILED_UPDATES[state]}: {message}")
            settled = state == "completed" or (not state and look.current and self._age() > _STEADY_SECONDS)
            if settled and self._complete(look):
                return

    def _looks(self) -> Iterator[Look]:
        """A look every 0.3 s until the time is over, which is an error."""
        said = ""
        while True:
            look = self.swarm.look(self.id, self.since)
            yield look
            if self._age() * 1e9 > self.timeout:
                raise self._failed(look, f"did not converge after {duration(self.timeout)}")
            if (says := _status(look)) != said:
                self.progress(says, runs=bool(look.running))
                said = says
            time.sleep(_PAUSE)

    def _age(self) -> float:
        return time.monotonic() - self.since

    def _complete(self, look: Look) -> bool:
        """All replicas run; without a health check they have done so for a second."""
        running = frozenset(look.running)
        if look.wanted is not None and len(running) != look.wanted:
            return False
        if look.service["Spec"]["TaskTemplate"]["ContainerSpec"].get("Healthcheck", {}).get("Test"):
            return True
        if running != self._steady:
            self._steady, self._since_steady = running, time.monotonic()
        return not running or time.monotonic() - self._since_steady >= _STEADY_SECONDS

    def _failed(self, look: Look, reason: str) -> NotConvergedError:
        name = look.service["Spec"]["Name"]
        return NotConvergedError(
            "\n  ".join([f"service {name}: {reason} ({_status(look)})", *self.swarm.last_words(look)])
        )


def _status(look: Look) -> str:
    state = look.update[0].replace("_", " ")
    trouble = f", {look.troubles[0]['Status']['Err']}" if look.troubles else ""
    return f"{len(look.running)} of {look.wanted} running" + (f", {state}" if state else "") + trouble


def _hopeless(look: Look) -> str | None:
    """An image that is nowhere does not come into being by waiting."""
    missing = [task for task in look.troubles if "No such image" in task["Status"]["Err"]]
    if look.running or len(missing) < _HOPELESS_REJECTIONS:
        return None
    return f"image {look.service['Spec']['TaskTemplate']['ContainerSpec']['Image']} is missing"
