"""A system as others read it: a picture (Mermaid), its link table, and data (JSON)."""

import json
from collections.abc import Iterator

from rich.table import Table

from diagram.boundary import Edge, Egress, Forward
from diagram.link import Link, Protocol
from diagram.service import Service
from diagram.system import System
from diagram.zone import Zone

INDENT = "    "
SHAPES = {
    "database": '[("{}")]',
    "cache": '[("{}")]',
    "object-store": '[("{}")]',
    "queue": '[("{}")]',
    "workers": '[["{}"]]',
    "edge": '{{{{"{}"}}}}',
}
"""Mermaid's shapes by kind of service; a plain box for the others."""

RESERVED = frozenset(
    {"class", "click", "clients", "default", "direction", "end", "flowchart", "graph", "href", "style", "subgraph"}
)


def mermaid(system: System) -> str:
    """The system as a Mermaid flowchart: services grouped by zone, an arrow from every caller to its callee.

    An arrow is labelled with its protocol where that is not http, and dotted where monitoring calls. What is outside
    the platform has round corners. The text depends on the diagram only.
    """
    return "\n".join(("flowchart LR", *_zones(system), *_arrows(system), *_outside(system))) + "\n"


def _zones(system: System) -> Iterator[str]:
    for zone in Zone:
        members = [service for service in system.services if service.zone is zone]
        if members:
            yield f"{INDENT}subgraph zone_{zone} [{zone}]"
            yield from (f"{INDENT * 2}{_node(service)}" for service in members)
            yield f"{INDENT}end"


def _node(service: Service) -> str:
    label = service.name if service.tasks == 1 else f"{service.name} x{service.tasks}"
    return _id(service.name) + SHAPES.get(service.kind, '["{}"]').format(label)


def _arrows(system: System) -> Iterator[str]:
    for link in system.links:
        watches = system.by_name[link.caller].zone is Zone.monitoring
        arrow = "-.->" if watches else "-->"
        label = "" if link.protocol is Protocol.http else f"|{link.protocol}|"
        yield f"{INDENT}{_id(link.caller)} {arrow}{label} {_id(link.callee)}"


def _outside(system: System) -> Iterator[str]:
    for one in system.load_balancers:
        yield f'{INDENT}clients(["clients"]) -->|https| {_id(one.name)}(["{one.name} {one.address}"])'
        yield f"{INDENT}{_id(one.name)} -->|https| {_id(one.edge.name)}"
    fronted = {one.edge.name for one in system.load_balancers}
    for service in system.services:
        match service:
            case Edge() if service.name in fronted:
                pass
            case Edge():
                yield f'{INDENT}clients(["clients"]) -->|https| {_id(service.name)}'
            case Egress():
                way = _id(service.name)
                if service.parent:
                    way = f"{way}__0"
                    parent = f"{service.parent.host}:{service.parent.port}"
                    yield f'{INDENT}{_id(service.name)} -->|proxy| {way}(["{parent}"])'
                hosts = sorted({host for link in system.callers(service) for host in link.hosts})
                for number, host in enumerate(hosts, 1):
                    yield f'{INDENT}{way} -->|https| {_id(service.name)}__{number}(["{host}"])'
            case Forward():
                outside = f"{service.host}:{service.host_port}"
                yield f'{INDENT}{_id(service.name)} -->|tcp| {_id(service.name)}__1(["{outside}"])'


def _id(name: str) -> str:
    """Mermaid cuts a name at a hyphen when what stands before it is a word of its own."""
    return name.replace("-", "_") + ("_" if name in RESERVED else "")


def table(system: System) -> Table:
    """The link table: who calls whom, how, on which network, and what it may do there."""
    drawn = Table(title=f"{system.name}: {len(system.services)} services, {len(system.links)} links")
    for heading in ("caller", "callee", "protocol", "port", "network", "may"):
        drawn.add_column(heading, overflow="fold")
    for link in system.links:
        subnet = system.subnets[link.name]
        drawn.add_row(link.caller, link.callee, link.protocol, str(link.port), str(subnet), " ".join(_granted(link)))
    return drawn


def data(system: System) -> str:
    """The services and links as JSON, for other programs."""
    services = [
        {"name": one.name, "kind": one.kind, "zone": one.zone, "port": one.port, "replicas": one.tasks}
        | ({"runs_on": one.runs_on} if one.runs_on else {})
        for one in system.services
    ]
    links = [{**link.model_dump(), "network": str(system.subnets[link.name])} for link in system.links]
    outside = [{"name": one.name, **one.duties} for one in system.load_balancers]
    said = {"name": system.name, "services": services, "links": links, "load_balancers": outside}
    return json.dumps(said, indent=2) + "\n"


def duties(system: System) -> Table | None:
    """What each appliance in front of the system must do; None where there is none."""
    if not system.load_balancers:
        return None
    drawn = Table("load balancer", "must have", "as", title="not deployed: for those who run what stands in front")
    for one in system.load_balancers:
        for what, how in one.duties.items():
            drawn.add_row(one.name, what, how)
    return drawn


def _granted(link: Link) -> tuple[str, ...]:
    return (*link.hosts, *link.keys, *link.roles)
