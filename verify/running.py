"""What runs: the tasks of a platform on this node, found by their labels."""

# mypy: allow-untyped-calls

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from docker import APIClient
from docker.errors import NotFound

from diagram import System
from settings import Settings


class NothingRunsError(Exception):
    """No task of the platform runs on this node."""


@dataclass(frozen=True)
class Task:
    """One running container of a service. `env` is its environment, `addresses` its address on each network."""

    service: str
    container: str
    pid: int
    image: str
    health: str
    env: Mapping[str, str] = field(repr=False)
    addresses: Mapping[str, IPv4Address]

    @property
    def name(self) -> str:
        """Tells the tasks of one service apart."""
        return f"{self.service}/{self.container[:6]}"

    def file(self, path: str) -> Path:
        """A file of the container as this machine sees it."""
        return Path(f"/proc/{self.pid}/root") / path.lstrip("/")

    def secrets(self) -> list[Path]:
        """The files that were mounted as secrets, and those that a keeper handed over. A server's own are hidden."""
        folders = (self.file("/run/secrets"), self.file("/run/keeper"))
        found = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_file()]
        return sorted(path for path in found if not path.name.startswith("."))


@dataclass(frozen=True)
class Target:
    """The stack under proof: what it should be, and the engine on which it runs. `root` is the checkout."""

    root: Path
    stack: str
    settings: Settings
    system: System
    engine: APIClient

    @property
    def labels(self) -> list[str]:
        """What every object of the platform carries."""
        return [f"rempart.stack={self.stack}", f"rempart.platform={self.system.name}"]

    @cached_property
    def services(self) -> tuple[dict[str, Any], ...]:
        """The Swarm services, as the engine describes them."""
        return tuple(self.engine.services(filters={"label": self.labels}))

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The running tasks, by service. Raises NothingRunsError."""
        found = sorted(self._running(), key=lambda task: (task.service, task.container))
        if not found:
            raise NothingRunsError(f"no task of stack {self.stack} runs here: `make up` starts it")
        return tuple(found)

    def of(self, service: str) -> tuple[Task, ...]:
        """The tasks of one service."""
        return tuple(task for task in self.tasks if task.service == service)

    def _running(self) -> Iterator[Task]:
        for container in self.engine.containers(filters={"label": self.labels, "status": "running"}):
            with suppress(NotFound):  # gone since it was listed
                yield task_of(self.engine.inspect_container(container["Id"]))


def task_of(seen: Mapping[str, Any]) -> Task:
    """The task that the engine's description of a container tells of."""
    config, state = seen["Config"], seen["State"]
    networks = seen["NetworkSettings"]["Networks"] or {}
    return Task(
        service=config["Labels"]["rempart.service"],
        container=seen["Id"],
        pid=state["Pid"],
        image=seen["Image"],
        health=(state.get("Health") or {}).get("Status", "no health check"),
        env=dict(pair.split("=", 1) for pair in config["Env"] or () if "=" in pair),
        addresses={
            name: IPv4Address(network["IPAddress"]) for name, network in networks.items() if network.get("IPAddress")
        },
    )
