"""The diagram as the checks ask it: who may open what, and how a callee is asked."""

from collections.abc import Mapping

from diagram import Edge, Gateway, Link, Protocol, System


def declared(system: System) -> dict[tuple[str, str], Link]:
    """The links, by caller and callee."""
    return {(link.caller, link.callee): link for link in system.links}


def authenticated(system: System) -> list[Link]:
    """The links whose two ends prove who they are."""
    return [link for link in system.links if link.is_authenticated]


def doors(system: System) -> dict[str, frozenset[int]]:
    """The ports that each service may listen on for others."""
    ports: dict[str, set[int]] = {service.name: set() for service in system.services}
    for link in system.links:
        ports[link.callee].add(link.port)
    for name, public in public_ports(system).items():
        ports[name] |= public
    return {name: frozenset(found) for name, found in ports.items()}


def public_ports(system: System) -> Mapping[str, frozenset[int]]:
    """The ports that ask nobody for a certificate, because the world's clients come in there."""
    public = frozenset({Gateway.http_port, Gateway.https_port})
    return {service.name: public for service in system.services if isinstance(service, Edge | Gateway)}


def question(system: System, callee: str) -> str:
    """The path that a callee answers to any of its declared callers."""
    service = system.by_name[callee]
    return "/stub_status" if isinstance(service, Gateway) else service.health.alive


def as_if(system: System, caller: str, callee: str, port: int) -> Link:
    """The link that `caller` would need in order to be let in at `port`."""
    found = declared(system).get((caller, callee))
    if found and found.port == port:
        return found
    protocol = system.by_name[callee].protocol if callee in system.by_name else Protocol.http
    return Link(caller=caller, callee=callee, protocol=protocol, port=port)
