"""What Swarm's services and tasks are doing, asked for once for all the services that are being waited for."""

import threading
import time
from dataclasses import dataclass
from typing import Any, Final

from engine.docker.client import Engine, Gone
from engine.provider import ProviderError

_INTERVAL: Final = 0.3
_ENDED: Final = frozenset({"complete", "shutdown", "failed", "rejected", "remove", "orphaned"})
_LOG_LINES: Final = 12


@dataclass(frozen=True)
class Look:
    """One service and its tasks at one moment."""

    service: dict[str, Any]
    tasks: tuple[dict[str, Any], ...]

    @property
    def wanted(self) -> int | None:
        """Replicas, or None for a global service."""
        replicated = self.service["Spec"]["Mode"].get("Replicated")
        return None if replicated is None else int(replicated.get("Replicas", 1))

    @property
    def running(self) -> dict[str, dict[str, Any]]:
        """The tasks that run and are meant to, by id."""
        live = (task for task in self.tasks if task["DesiredState"] == "running")
        return {task["ID"]: task for task in live if task["Status"]["State"] == "running"}

    @property
    def current(self) -> bool:
        """Whether all that run are of the service's present specification."""
        template = {key: value for key, value in self.service["Spec"]["TaskTemplate"].items() if key != "Runtime"}
        return all(task["Spec"] == template for task in self.running.values())

    @property
    def update(self) -> tuple[str, str]:
        """State and message of the rolling update; empty when there is none."""
        status = self.service.get("UpdateStatus") or {}
        return status.get("State", ""), status.get("Message", "")

    @property
    def troubles(self) -> list[dict[str, Any]]:
        """Tasks with an error, the latest first."""
        failed = [task for task in self.tasks if task["Status"].get("Err")]
        return sorted(failed, key=lambda task: str(task["Status"]["Timestamp"]), reverse=True)


class Swarm:
    """A snapshot of services and tasks, at most 0.3 s old, shared by every thread that waits."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._taken, self._cost = 0.0, 0.0
        self._services: dict[str, dict[str, Any]] = {}
        self._tasks: dict[str, list[dict[str, Any]]] = {}

    def look(self, service: str, since: float = 0) -> Look:
        """`service` as it was after `since` (monotonic seconds); `Gone` when there is none."""
        with self._lock:
            self._refresh(since)
            if service not in self._services:
                raise Gone(f"service {service} is gone")
            return Look(self._services[service], tuple(self._tasks.get(service, ())))

    def live_tasks(self, service: str, since: float = 0) -> int:
        """How many of the service's tasks still run or are about to, even when the service is gone."""
        with self._lock:
            self._refresh(since)
            return sum(task["Status"]["State"] not in _ENDED for task in self._tasks.get(service, ()))

    def _refresh(self, since: float) -> None:
        began = time.monotonic()
        if self._taken > since and began - self._taken < max(_INTERVAL, 3 * self._cost):
            return
        with self._engine.api() as docker:
            services, tasks = docker.services(), docker.tasks()
        self._services = {service["ID"]: service for service in services}
        self._tasks = {}
        for task in tasks:
            self._tasks.setdefault(task.get("ServiceID", ""), []).append(task)
        self._taken, self._cost = began, time.monotonic() - began

    def last_words(self, look: Look) -> list[str]:
        """The end of the log of the latest failing task, as far as this node can read it."""
        containers = [task["Status"].get("ContainerStatus", {}).get("ContainerID") for task in look.troubles]
        if not any(containers):
            return []
        try:
            with self._engine.api() as docker:
                log: bytes = docker.logs(next(filter(None, containers)), tail=_LOG_LINES)
        except ProviderError:  # the log is a help only: it is on another node, or its driver cannot be read
            return []
        return [f"its log: {line}" for line in log.decode(errors="replace").splitlines()[-_LOG_LINES:]]
