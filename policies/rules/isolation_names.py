"""Isolation: what a workload joins, and whom it calls, beside its links."""

from __future__ import annotations

from typing import Any, Final

from .kit.resource import Resource
from .kit.rule import NETWORK, SERVICE, WORKLOADS, Problems, Severity, each, whole_stack
from .kit.stack import Stack
from .kit.workload import SPEC

KNOWN_BY: Final = ("rempart.link", "rempart.way-out")


@each(
    *WORKLOADS,
    severity=Severity.MEDIUM,
    remedy="Call services by their names, which Docker answers, and outside hosts through the egress.",
)
def names_are_not_overridden(resource: Resource) -> Problems:
    """No name is given an address of its own.

    An entry in the hosts file sends a caller elsewhere whatever the stack's links say, and outlives the address.
    """
    place = resource.at(f"{SPEC}.hosts" if resource.type == SERVICE else "hosts")
    yield from (f"{host.path} overrides a name" for host in place.each())


@whole_stack(severity=Severity.CRITICAL, remedy="Declare the network in the stack, or remove it from the service.")
def networks_are_the_stacks_own(stack: Stack) -> Any:
    """A service joins networks of its stack only, and a service of a platform only those of its links.

    Who else stands on a network that another made, nobody here knows.
    """
    for service in stack.of(SERVICE):
        made = [source for source in stack.sources(service, "taskSpec") if source.type == NETWORK]
        joined = service.at("taskSpec.networksAdvanceds")
        if made and not joined.unknown and len(list(joined.each())) > len(made):
            yield service.urn, f"{joined.path} holds a network that the stack does not make"
        if "rempart.service" in service.labels:
            for network in made:
                if not any(name in network.labels for name in KNOWN_BY):
                    yield network.urn, "is of no link and no declared way out"
