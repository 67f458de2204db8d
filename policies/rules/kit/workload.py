"""What runs: a Service or a Container, read by the same names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from .node import Node
from .resource import Resource, labels
from .rule import SERVICE

SPEC: Final = "taskSpec.containerSpec"
IN_A_SERVICE: Final[Mapping[str, str]] = {
    "adds": f"{SPEC}.capAdds",
    "aliases": "taskSpec.networksAdvanceds",
    "arguments": f"{SPEC}.args",
    "command": f"{SPEC}.commands",
    "configs": f"{SPEC}.configs",
    "dns": f"{SPEC}.dnsConfig.options",
    "drops": f"{SPEC}.capDrops",
    "env": f"{SPEC}.env",
    "healthcheck": f"{SPEC}.healthcheck",
    "hostname": f"{SPEC}.hostname",
    "image": f"{SPEC}.image",
    "init": f"{SPEC}.init",
    "log_driver": "taskSpec.logDriver.name",
    "log_options": "taskSpec.logDriver.options",
    "memory": "taskSpec.resources.limits.memoryBytes",
    "mounts": f"{SPEC}.mounts",
    "networks": "taskSpec.networksAdvanceds",
    "ports": "endpointSpec.ports",
    "read_only": f"{SPEC}.readOnly",
    "sysctls": f"{SPEC}.sysctl",
    "user": f"{SPEC}.user",
}
IN_A_CONTAINER: Final[Mapping[str, str]] = {
    "adds": "capabilities.adds",
    "aliases": "networksAdvanced",
    "arguments": "command",
    "command": "entrypoints",
    "dns": "dnsOpts",
    "drops": "capabilities.drops",
    "env": "envs",
    "healthcheck": "healthcheck",
    "hostname": "hostname",
    "image": "image",
    "init": "init",
    "log_driver": "logDriver",
    "log_options": "logOpts",
    "memory": "memory",
    "mounts": "mounts",
    "networks": "networksAdvanced",
    "ports": "ports",
    "read_only": "readOnly",
    "sysctls": "sysctls",
    "user": "user",
}


class Workload:
    """A Service or a Container. Its places are named alike; a place carries the path of its own type."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.is_service = resource.type == SERVICE
        self._paths = IN_A_SERVICE if self.is_service else IN_A_CONTAINER

    def at(self, name: str) -> Node:
        """The place of a property by its name here (see IN_A_SERVICE), or by its dotted wire path."""
        return self.resource.at(self._paths.get(name, name))

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The labels of the service or container itself."""
        return self.resource.labels

    @cached_property
    def container_labels(self) -> Mapping[str, str]:
        return labels(self.at(f"{SPEC}.labels")) if self.is_service else self.labels

    @property
    def kind(self) -> str:
        return self.labels.get("rempart.kind", "")

    @property
    def replica_set(self) -> str:
        """What the members of one replica set share, and their keeper with them; empty for everything else."""
        name, of = self.labels.get("rempart.service", ""), self.labels.get("rempart.platform", "")
        if self.kind == "keeper":
            name = name.removesuffix("-keeper")
        return f"{of}/{name}" if self.kind in {"document-store", "keeper"} else ""

    def env(self) -> Iterator[tuple[str, Node]]:
        """The environment variables, by name."""
        yield from self.at("env").entries()
        for item in self.at("env").each():
            name, _, value = item.text.partition("=")
            yield name, Node(value, f"{item.path}({name})", item.owner)

    def words(self) -> Iterator[Node]:
        """Each word of the command line."""
        yield from self.at("command").each()
        yield from self.at("arguments").each()

    def options(self) -> Iterator[tuple[str, Node]]:
        """The command line's options, given as one word or two, and shell assignments in it: name and value."""
        pending: str | None = None
        for word in self.words():
            text = word.text
            name, equals, value = text.partition("=")
            if equals and re.fullmatch(r"-{0,2}[\w.-]+", name):
                yield name.lstrip("-"), word.of(value)
                pending = None
            elif text.startswith("-"):
                pending = text.lstrip("-")
                yield pending, word.of(True)
            elif pending:
                yield pending, word
                pending = None

    @property
    def is_global(self) -> bool:
        return bool(self.at("mode.global").value)

    @property
    def replicas(self) -> float:
        """How many tasks a service asks for: Swarm's default is one."""
        number = self.at("mode.replicated.replicas").number
        return 1 if number is None else number


def seconds(node: Node) -> float | None:
    """A duration as Docker writes it (`1m30s`, `500ms`) or a number of seconds; None when absent or not a duration."""
    value = node.value
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
    parts = re.findall(r"([0-9.]+)(ms|us|µs|ns|h|m|s)", str(value))
    if not parts or "".join(number + unit for number, unit in parts) != str(value):
        return None
    return sum(float(number) * units[unit] for number, unit in parts)
