"""The ways in and out: edge, gateway, egress and fixed forwards."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import model_validator

from diagram.description import Description, Memory, Port, Seconds
from diagram.link import Link, Protocol
from diagram.service import Health, Service, Use
from diagram.zone import Zone


class Route(Description):
    """`path` goes to `to`, at most `rate` requests a second for each client address, `burst` more at once."""

    path: str
    to: Service
    rate: int
    burst: int


class Gateway(Service):
    """Ends the clients' TLS (1.3 only), limits and filters what they send, and hands it to the services behind."""

    kind: ClassVar[str] = "gateway"

    zone: Zone = Zone.dmz
    port: Port | None = 9443
    """Status for its exporter; clients come in by the edge."""
    http_port: ClassVar[int] = 8080
    https_port: ClassVar[int] = 8443
    routes: tuple[Route, ...]
    host: str = "localhost"
    """The name in its certificate."""
    certificate: Literal["root", "given"] = "root"
    """Signed by the stack's root, or given as secret configuration."""
    body_limit: Memory = "1M"
    timeout: Seconds = 30
    metrics: str | None = None
    memory: Memory = "512M"
    cpus: float = 1.0

    @model_validator(mode="after")
    def a_path_is_routed_once(self) -> "Gateway":
        """Two routes for one path would hide one of them."""
        paths = [route.path for route in self.routes]
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            raise ValueError(f"routes: {', '.join(twice)} appears twice")
        return self

    def calls(self) -> Iterator[Use]:
        """The targets of its routes, each once."""
        for target in {route.to.name: route.to for route in self.routes}.values():
            yield Use(target=target)


class Edge(Service):
    """Publishes the only ports, and passes what comes there to the gateway without reading it."""

    kind: ClassVar[str] = "edge"

    zone: Zone = Zone.dmz
    gateway: Gateway
    http: Port = 80
    https: Port = 443
    metrics: str | None = None
    health: Health = Health(interval=2)

    def calls(self) -> Iterator[Use]:
        """Its gateway, and nobody else."""
        yield Use(target=self.gateway)


def passthrough(edge: Edge) -> Link:
    """The link from an edge to its gateway."""
    return Link(caller=edge.name, callee=edge.gateway.name, protocol=Protocol.passthrough, port=edge.gateway.https_port)


class Egress(Service):
    """Lets each declared caller reach the hosts declared for it, and refuses and logs everything else."""

    kind: ClassVar[str] = "egress"
    protocol: ClassVar[Protocol] = Protocol.proxy

    zone: Zone = Zone.dmz
    port: Port | None = 3128
    metrics: str | None = None
    memory: Memory = "256M"

    def to(self, *hosts: str) -> Use:
        """This egress for a caller that may reach `hosts` (by HTTPS on port 443)."""
        return Use(target=self, hosts=hosts)


class Forward(Service):
    """A fixed TCP forward to one outside address, for what speaks no HTTP."""

    kind: ClassVar[str] = "forward"
    protocol: ClassVar[Protocol] = Protocol.tcp

    zone: Zone = Zone.dmz
    host: str
    host_port: Port
    metrics: str | None = None


WAYS_OUT: tuple[type[Service], ...] = (Edge, Egress, Forward)
"""The kinds that join a network with a way out of the host."""
