"""The smallest systems that say something, written in the real vocabulary."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from diagram import Addresses, Edge, Gateway, Route, Service, System


def service(name: str, *uses: Any, **fields: Any) -> Service:
    """A service that others can call."""
    return Service(**{"name": name, "image": "app", "port": 8000, "uses": uses, **fields})


def gateway(*targets: Service, **fields: Any) -> Gateway:
    """A gateway with a route to each of `targets`."""
    routes = tuple(Route(path=f"/{target.name}/", to=target, rate=5, burst=5) for target in targets)
    return Gateway(**{"name": "gateway", "image": "gateway", "routes": routes, **fields})


def edge(behind: Gateway, **fields: Any) -> Edge:
    """An edge in front of `behind`."""
    return Edge(**{"name": "edge", "image": "front", "gateway": behind, **fields})


def system(*services: Service, **addresses: Any) -> System:
    """A system of `services`, with these exceptions to its addresses."""
    return System(name="example", services=services, addresses=Addresses(**addresses))


def fault(*services: Service, **addresses: Any) -> str:
    """What is wrong with this system: the one line that its builder is shown."""
    try:
        system(*services, **addresses)
    except ValidationError as error:
        (found,) = error.errors()
        return found["msg"].removeprefix("Value error, ")
    raise AssertionError("this system is accepted")


def chain(names: Iterable[str]) -> list[Service]:
    """Services of which each calls the next."""
    services: list[Service] = []
    for name in names:
        services.append(service(name, *services[-1:]))
    return services
