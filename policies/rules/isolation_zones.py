"""Isolation: zones, and the links between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from .kit.resource import Resource
from .kit.rule import NETWORK, SERVICE, Problems, Severity, each, whole_stack
from .kit.stack import Stack
from .kit.workload import Workload

Settings = dict[str, Any]

ZONES: Final = {
    "dmz": {"dmz": "any", "applications": "any"},
    "applications": {"applications": "any", "data": "any", "dmz": "way-out"},
    "data": {},
    "monitoring": {"dmz": "any", "applications": "any", "data": "any", "monitoring": "any"},
}
TABLE: Final = {
    "zones": {
        "type": "object",
        "default": ZONES,
        "description": "The zones that each zone may call: `any` service there, or only a `way-out`.",
        "additionalProperties": {"type": "object", "additionalProperties": {"enum": ["any", "way-out"]}},
    },
    "waysOut": {
        "type": "array",
        "items": {"type": "string"},
        "default": ["egress", "forward"],
        "description": "The kinds of service that count as a way out.",
    },
}
LABELS: Final = ("stack", "platform", "service", "zone", "kind", "links")


@each(
    SERVICE,
    severity=Severity.MEDIUM,
    remedy="Give the service and its containers the six rempart.* labels, as literals.",
)
def services_say_who_they_are(service: Resource) -> Problems:
    """A service and its containers carry the labels that say which service of which stack they are.

    Zones, links, dashboards and the people who look at a container at night go by them.
    """
    workload = Workload(service)
    for where, found in (("labels", workload.labels), ("taskSpec.containerSpec.labels", workload.container_labels)):
        for name in LABELS:
            if f"rempart.{name}" not in found:
                yield f"{where} has no rempart.{name}"
    if workload.labels.get("rempart.stack", service.stack) != service.stack:
        yield "labels names another stack in rempart.stack"


@each(SERVICE, severity=Severity.HIGH, remedy="Use a zone of the table, or add the zone to the table.", settings=TABLE)
def services_stand_in_a_zone(service: Resource, settings: Settings) -> Problems:
    """A service stands in a zone of the table.

    A service in no zone would be held to no rule about zones.
    """
    if service.labels.get("rempart.zone") not in settings["zones"]:
        yield "labels has no zone of the table in rempart.zone"


@whole_stack(
    severity=Severity.CRITICAL,
    remedy="Call through a service of a zone between them, or change the zone table in a reviewed commit.",
    settings=TABLE,
)
def zones_allow_every_link(stack: Stack, settings: Settings) -> Any:
    """A service calls only into the zones that its own zone may call.

    What an attacker reaches from the front door must not be one hop from the data.
    """
    for platform in _platforms(stack).values():
        for service in platform.values():
            own = service.labels.get("rempart.service", "")
            for link in filter(None, service.labels.get("rempart.links", "").split(",")):
                caller, _, callee = link.partition("-to-")
                if caller == own and not _allowed(service, platform.get(callee), settings):
                    yield service.urn, "has a link into a zone that its own may not call"


def _platforms(stack: Stack) -> Mapping[str, dict[str, Resource]]:
    platforms: defaultdict[str, dict[str, Resource]] = defaultdict(dict)
    for service in stack.of(SERVICE):
        labels = service.labels
        platforms[labels.get("rempart.platform", "")][labels.get("rempart.service", "")] = service
    return platforms


def _allowed(caller: Resource, callee: Resource | None, settings: Settings) -> bool:
    if callee is None:
        return False
    table = settings["zones"].get(caller.labels.get("rempart.zone"), {})
    whom = table.get(callee.labels.get("rempart.zone"))
    return whom == "any" or (whom == "way-out" and Workload(callee).kind in settings["waysOut"])


@whole_stack(severity=Severity.HIGH, remedy="Declare the link in the diagram; networks and labels follow from it.")
def links_are_labelled_at_both_ends(stack: Stack) -> Any:
    """A link stands in the labels of its caller and of its callee.

    A link that only one end knows of was not made from the diagram.
    """
    for platform in _platforms(stack).values():
        known = {name: set(service.labels.get("rempart.links", "").split(",")) for name, service in platform.items()}
        for name, service in platform.items():
            for link in filter(None, known[name]):
                ends = link.split("-to-")
                if name not in ends or any(link not in known.get(end, ()) for end in ends):
                    yield service.urn, "labels has a link that its other end does not have"


@whole_stack(
    severity=Severity.CRITICAL,
    remedy="Give the two no common network; a service of a zone between them passes on what may pass.",
    see=["OWASP Docker rule 5", "Kyverno add-networkpolicy"],
    settings={
        **TABLE,
        "passing": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["edge", "forward"],
            "description": "The kinds of service that pass connections on unread: who reaches them reaches further.",
        },
    },
)
def networks_join_zones_that_may_call(stack: Stack, settings: Settings) -> Any:
    """Two services share a network only if one's zone may call the other's, and no service in between hides it.

    Labels say what was meant, the network what can happen: who shares one with the data reaches it, also through a
    service that passes everything on.
    """
    joined = stack.users(NETWORK, SERVICE, "taskSpec")
    near: defaultdict[str, dict[str, Resource]] = defaultdict(dict)
    for services in joined.values():
        for service in services:
            near[service.urn] |= {other.urn: other for other in services if other.urn != service.urn}
    for urn in near:
        service = stack.by_urn[urn]
        for other in _reached(service, near, settings["passing"]):
            may = _allowed(service, other, settings) or _allowed(other, service, settings) or _one_set(service, other)
            if urn < other.urn and not may:
                yield urn, f"can reach {other.name}, and neither's zone may call the other's"


def _one_set(one: Resource, other: Resource) -> bool:
    """Whether the two are members of one replica set, or a member and its keeper: one service of the diagram."""
    sets = {Workload(one).replica_set, Workload(other).replica_set}
    kinds = {Workload(one).kind, Workload(other).kind}
    return len(sets) == 1 and sets != {""} and "document-store" in kinds


Near = Mapping[str, Mapping[str, Resource]]


def _reached(service: Resource, near: Near, passing: Sequence[str]) -> list[Resource]:
    """Whom a service reaches: its neighbours, and beyond those that pass connections on."""
    found = dict(near[service.urn])
    fresh = list(found.values())
    while fresh:
        other = fresh.pop()
        if Workload(other).kind in passing:
            further = {urn: it for urn, it in near[other.urn].items() if urn not in found and urn != service.urn}
            found |= further
            fresh += further.values()
    return list(found.values())
