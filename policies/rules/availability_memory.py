"""Availability: what is promised to a program, and what its container and its node have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .kit import settings_files as files
from .kit.documents import Format, documents
from .kit.resource import Resource
from .kit.rule import CONFIG, CONTAINER, SERVICE, WORKLOADS, Severity, whole_stack
from .kit.stack import Stack
from .kit.workload import Workload

MEBIBYTE: Final = 1024**2
UNITS: Final = {
    "": 1, "b": 1, "k": 1000, "kb": 1024, "m": 1000**2, "mb": MEBIBYTE, "g": 1000**3, "gb": 1024**3, "tb": 1024**4,
}  # fmt: skip
SIZE: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)
PAGE: Final = 8192
"""PostgreSQL's block: its sizes without a unit count these."""

Settings = dict[str, Any]


def size(text: str, unit: int = 1) -> float | None:
    """A size in bytes, as Redis and PostgreSQL write it; a number without a unit counts `unit`s."""
    match = SIZE.fullmatch(text)
    if not match or match[2].lower() not in UNITS:
        return None
    return float(match[1]) * (UNITS[match[2].lower()] if match[2] else unit)


def limit(resource: Resource) -> float | None:
    """The memory limit of a workload in bytes; None without one."""
    workload = Workload(resource)
    number = workload.at("memory").number
    return number * (1 if workload.is_service else MEBIBYTE) if number else None


@whole_stack(
    severity=Severity.HIGH,
    remedy="Lower the limits or the replicas, add a node, or set `mebibytes` to what the nodes have together.",
    see=["CIS Docker 5.11"],
    settings={
        "mebibytes": {
            "type": "integer",
            "minimum": 1,
            "default": 65536,
            "description": "The memory of the nodes together, in MiB.",
        }
    },
)
def memory_fits_the_nodes(stack: Stack, settings: Settings) -> Any:
    """The memory limits of all tasks together fit into the nodes.

    Beyond that the kernel chooses whom it kills, and it likes databases.
    """
    limits: dict[str, float] = {}
    for resource in stack.of(*WORKLOADS):
        tasks = Workload(resource).replicas if resource.type == SERVICE else 1
        limits[resource.urn] = (limit(resource) or 0) * tasks
    if sum(limits.values()) > settings["mebibytes"] * MEBIBYTE:
        largest = max(limits, key=lambda urn: limits[urn])
        yield largest, f"the limits of all tasks together exceed {settings['mebibytes']} MiB; its own is the largest"


@whole_stack(
    severity=Severity.HIGH,
    remedy="Set maxmemory to at most nine tenths of the memory limit, and a maxmemory-policy.",
    see=["Redis, maxmemory"],
)
def caches_fit_their_memory(stack: Stack) -> Any:
    """Redis is told to hold less than its container may.

    Without maxmemory it grows until the kernel kills it, with everything that it held.
    """
    for resource, where, settings in _read(stack, Format.REDIS):
        allowed = limit(resource)
        told = size(" ".join(settings.get("maxmemory", ["0"]))) or 0
        if allowed and not told:
            yield resource.urn, f"{where} does not set maxmemory"
        elif allowed and told > allowed * 0.9:
            yield resource.urn, f"{where} sets maxmemory above nine tenths of the memory limit"


@whole_stack(
    severity=Severity.HIGH,
    remedy="Set shared_buffers to a quarter of the memory limit, and at most to four tenths.",
    see=["PostgreSQL 15, 20.4.1 Memory"],
)
def databases_fit_their_memory(stack: Stack) -> Any:
    """PostgreSQL's buffers fit into its container, with room for its connections.

    What it takes at its start and what each connection needs share one limit.
    """
    for resource, where, settings in _read(stack, Format.POSTGRESQL):
        allowed = limit(resource)
        buffers = size(settings.get("shared_buffers", "128MB"), PAGE) or 0
        work = (size(settings.get("work_mem", "4MB"), 1024) or 0) * (size(settings.get("max_connections", "100")) or 0)
        if allowed and buffers > allowed * 0.4:
            yield resource.urn, f"{where} sets shared_buffers above four tenths of the memory limit"
        elif allowed and buffers + work > allowed * 2:
            yield resource.urn, f"{where} allows its connections twice the memory limit"


def _read(stack: Stack, wanted: Format) -> Iterator[tuple[Resource, str, Mapping[str, Any]]]:
    """Each workload with the settings of a program: those of the file that it is given, and those of its options."""
    reader: Any = files.redis if wanted is Format.REDIS else files.postgresql
    program = "redis-server" if wanted is Format.REDIS else "postgres"
    for urn, services in stack.users(CONFIG, SERVICE, "taskSpec").items():
        for document in documents(stack.by_urn[urn], wanted):
            for service in services:
                if Workload(service).kind != "keeper":
                    yield service, wanted.value, reader(document.text)
    for container in stack.of(CONTAINER):
        for document in documents(container, wanted):
            yield container, wanted.value, reader(document.text)
    for resource in stack.of(*WORKLOADS):
        places = list(Workload(resource).words())
        if any(it.text.rpartition("/")[2] == program for it in places[:2]) and len(places) > 1:
            words = [place.text for place in places]
            told = files.options(words)
            if {"maxmemory", "shared_buffers"} & set(told):
                yield (
                    resource,
                    "its command line",
                    {name: [value] if wanted is Format.REDIS else value for name, value in told.items()},
                )
