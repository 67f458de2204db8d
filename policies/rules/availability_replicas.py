"""Availability: more than one, on more than one node, and long enough to finish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from .kit import haproxy, nginx
from .kit.documents import Format, documents
from .kit.node import Node
from .kit.resource import Resource
from .kit.rule import CONFIG, SERVICE, Problems, Profile, Severity, each, whole_stack
from .kit.stack import Stack
from .kit.workload import SPEC, Workload, seconds

DRAINS: Final = re.compile(
    r"(?:^|[_-])(?:drain(?:[_-]?(?:seconds|time|timeout|period))?|graceful[_-]?timeout|timeout[_-]graceful[_-]shutdown"
    r"|(?:graceful[_-])?shutdown[_-]?(?:timeout|delay|seconds|grace[_-]?period)(?:[_-]seconds)?)$",
    re.IGNORECASE,
)
ONE_NODE: Final = re.compile(r"\s*node\.(?:id|hostname|ip)\s*==")

Settings = dict[str, Any]


@each(
    SERVICE,
    severity=Severity.HIGH,
    remedy="Set mode.replicated.replicas to 2 or more, or write a waiver that says why there can be only one.",
    profile=Profile.PRODUCTION,
    see=["Kyverno require-deployments-have-multiple-replicas"],
    settings={
        "replicas": {"type": "integer", "minimum": 1, "default": 2, "description": "The fewest tasks of a service."},
        "kinds": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["service", "workers", "gateway", "egress", ""],
            "description": "The kinds of service that keep nothing and so can run twice; empty: without a kind.",
        },
    },
)
def stateless_services_have_replicas(service: Resource, settings: Settings) -> Problems:
    """In production a service that keeps nothing runs at least twice.

    One task is away whenever its node is, and while it is moved.
    """
    workload = Workload(service)
    keeps = any(mount.at("type").text == "volume" for mount in workload.at("mounts").each())
    if workload.kind not in settings["kinds"] or workload.is_global or keeps:
        return
    if workload.replicas < settings["replicas"]:
        yield f"mode.replicated.replicas is below {settings['replicas']}"


@each(
    SERVICE,
    severity=Severity.MEDIUM,
    remedy="Constrain by a label that several nodes have, and spread over them with placement.prefs.",
    see=["Kyverno spread-pods-across-topology"],
)
def replicas_are_not_on_one_node(service: Resource) -> Problems:
    """The tasks of a service can run on more than one node.

    Two tasks on one node are one failure away from none.
    """
    if Workload(service).replicas > 1:
        for constraint in service.at("taskSpec.placement.constraints").each():
            if ONE_NODE.match(constraint.text):
                yield f"{constraint.path} is one node"


@whole_stack(
    severity=Severity.MEDIUM,
    remedy="Make stop_grace_period longer than the program takes to finish what it has begun.",
    see=["Docker, docker service create --stop-grace-period"],
)
def stops_outlast_drains(stack: Stack) -> Any:
    """A service is given more time to stop than it takes to drain.

    Otherwise it is killed in the middle of the requests that it was finishing.
    """
    configs = stack.users(CONFIG, SERVICE, "taskSpec")
    drains: dict[str, list[tuple[str, float]]] = {}
    for urn, services in configs.items():
        for service in services:
            drains.setdefault(service.urn, []).extend(_configured(stack.by_urn[urn]))
    for service in stack.of(SERVICE):
        grace = seconds(service.at(f"{SPEC}.stopGracePeriod")) or 10
        for what, length in [*_told(service), *drains.get(service.urn, ())]:
            if length >= grace:
                yield service.urn, f"{SPEC}.stopGracePeriod is not longer than {what}"


def _told(service: Resource) -> Iterator[tuple[str, float]]:
    """The drains that a service's environment and options set, with their places."""
    workload = Workload(service)
    for name, value in (*workload.env(), *workload.options()):
        if DRAINS.search(name) and not value.unknown:
            length = seconds(value) or value.number
            if length is not None:
                yield value.path, length


def _configured(config: Resource) -> Iterator[tuple[str, float]]:
    """The drains that a configuration sets, with their settings' names."""
    for document in documents(config, Format.HAPROXY):
        with suppress(ValueError):
            for section in haproxy.parse(document.text):
                for line in section.all("hard-stop-after"):
                    yield "hard-stop-after of haproxy.cfg", seconds(Node(line.words[-1])) or 0
    for document in documents(config, Format.NGINX):
        with suppress(ValueError):
            for directive in nginx.parse(document.text).all("worker_shutdown_timeout"):
                yield "worker_shutdown_timeout of nginx.conf", seconds(Node("".join(directive.args))) or 0
