"""Three engines of one swarm on this machine, with the project's images, and what runs on all of them."""

# mypy: allow-untyped-calls

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from docker import APIClient

from tests.live.checkout import ROOT
from tests.live.engine import docker
from verify.running import Target, Task, task_of

LAB = Path(__file__).with_name("swarm-lab")
ADDRESS = "10.99.0.{}"
"""Of each node, counted from 1."""


@dataclass(frozen=True)
class Node:
    """One node of the swarm, and where its engine listens."""

    number: int
    host: str

    @property
    def engine(self) -> APIClient:
        """A client of its engine."""
        return APIClient(self.host, timeout=600)

    @property
    def address(self) -> str:
        """Where its published ports are."""
        return ADDRESS.format(self.number)

    def docker(self, *arguments: str) -> str:
        """The output of a Docker command there."""
        return docker("--host", self.host, *arguments)


@contextmanager
def three_nodes(folder: Path, roles: tuple[str, ...]) -> Iterator[list[Node]]:
    """Three managers, one for each role by its label; in the end nothing of them is there."""
    environment = {**os.environ, "SWARM_LAB_ROOT": str(folder / "lab")}

    def lab(*arguments: str) -> str:
        return subprocess.run([LAB, *arguments], env=environment, capture_output=True, text=True, check=True).stdout

    try:
        lab("up", str(len(roles)))
        nodes = [Node(number, lab("host", str(number)).strip()) for number in range(1, len(roles) + 1)]
        lab("load", *(entry["reference"] for entry in json.loads((ROOT / "images.lock.json").read_text()).values()))
        for node, role in zip(nodes, roles, strict=True):
            identity = node.docker("info", "--format", "{{.Swarm.NodeID}}").strip()
            node.docker("node", "update", "--label-add", f"rempart.{role}=yes", identity)
        yield nodes
    finally:
        lab("down")


@dataclass(frozen=True)
class Spread(Target):
    """A target whose tasks are on several nodes; `where` tells on which each of their containers is."""

    nodes: tuple[Node, ...] = ()
    where: dict[str, Node] = field(default_factory=dict)

    def node(self, service: str) -> Node:
        """Where the service's task is. Raises ValueError unless its tasks share one."""
        (found,) = {self.where[task.container].number: self.where[task.container] for task in self.of(service)}.values()
        return found

    def _running(self) -> Iterator[Task]:
        for node in self.nodes:
            for container in node.engine.containers(filters={"label": self.labels, "status": "running"}):
                self.where[container["Id"]] = node
                yield task_of(node.engine.inspect_container(container["Id"]))
