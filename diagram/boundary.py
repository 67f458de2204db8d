"""The ways in and out: edge, gateway, egress and fixed forwards."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from diagram.description import Description, Host, Memory, Port, Seconds
from diagram.link import Link, Protocol
from diagram.service import Health, Service, Use
from diagram.zone import Zone

PUBLIC_PEM = r"^(-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n?)?$"


class Route(Description):
    """`path` goes to `to`, at most `rate` requests a second for each client address, `burst` more at once."""

    path: Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9/_.-]*$")]
    to: Service
    rate: Annotated[int, Field(ge=1)]
    burst: Annotated[int, Field(ge=0)]
    operators: bool = False
    """Only for who shows a certificate of the gateway's `operators`."""


class Gateway(Service):
    """Ends the clients' TLS (1.3 only), limits and filters what they send, and hands it to the services behind."""

    kind: ClassVar[str] = "gateway"
    waits: ClassVar[bool] = False

    zone: Zone = Zone.dmz
    port: Port | None = 9443
    """Status for its exporter; clients come in by the edge."""
    http_port: ClassVar[int] = 8080
    https_port: ClassVar[int] = 8443
    routes: tuple[Route, ...]
    host: Host = "localhost"
    """The name in its certificate."""
    public_port: Port = 443
    """The port that clients use: the edge's."""
    certificate: Literal["root", "given"] = "root"
    """Signed by the stack's root, or given as secret configuration."""
    operators: Annotated[str, StringConstraints(pattern=PUBLIC_PEM)] = ""
    """The authority of operators' certificates, PEM; it is public, its key is theirs."""
    body_limit: Memory = "1M"
    timeout: Seconds = 30
    metrics: str | None = None
    memory: Memory = "512M"
    cpus: float = 1.0

    @property
    def address(self) -> str:
        """Where clients come in."""
        return f"https://{self.host}" + ("" if self.public_port == 443 else f":{self.public_port}")

    @model_validator(mode="after")
    def a_path_is_routed_once(self) -> Self:
        """Two routes for one path would hide one of them."""
        paths = [route.path for route in self.routes]
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            raise ValueError(f"routes: {', '.join(twice)} appears twice")
        return self

    @model_validator(mode="after")
    def operators_are_known(self) -> Self:
        """A route for operators needs the authority that tells them."""
        closed = [route.path for route in self.routes if route.operators]
        if closed and not self.operators:
            raise ValueError(f"operators: {', '.join(closed)} needs the certificate of their authority, PEM")
        return self

    def link_from(self, caller: Service, use: Use) -> Link:
        """From an edge the clients' own TLS passes through; others read the status."""
        if isinstance(caller, Edge):
            return Link(caller=caller.name, callee=self.name, protocol=Protocol.passthrough, port=self.https_port)
        return super().link_from(caller, use)

    def calls(self) -> Iterator[Use]:
        """The targets of its routes, each once, and what else it uses."""
        yield from super().calls()
        for target in {route.to.name: route.to for route in self.routes}.values():
            yield Use(target=target)


class Edge(Service):
    """Publishes the only ports, and passes what comes there to the gateway without reading it."""

    kind: ClassVar[str] = "edge"
    waits: ClassVar[bool] = False

    zone: Zone = Zone.dmz
    gateway: Gateway
    http: Port = 80
    https: Port = 443
    metrics: str | None = None
    health: Health = Health(interval=2)

    @model_validator(mode="after")
    def it_has_no_other_link(self) -> Self:
        """What faces the clients holds no key, and leads to the gateway only."""
        if self.uses or self.secrets:
            raise ValueError(f"{self.name}: an edge calls its gateway only, and reads no secret")
        return self

    def calls(self) -> Iterator[Use]:
        """Its gateway, and nobody else."""
        yield Use(target=self.gateway)


class Proxy(Description):
    """A proxy of the organisation, by which alone there is a way out."""

    host: Host
    port: Port


class Egress(Service):
    """Lets each declared caller reach the hosts declared for it, and refuses and logs everything else."""

    kind: ClassVar[str] = "egress"
    waits: ClassVar[bool] = False
    protocol: ClassVar[Protocol] = Protocol.proxy

    zone: Zone = Zone.dmz
    port: Port | None = 3128
    parent: Proxy | None = None
    """The proxy that everything allowed goes through; it is asked for a tunnel, and sees the hosts' names only."""
    metrics: str | None = None
    memory: Memory = "256M"

    def to(self, *hosts: str) -> Use:
        """This egress for a caller that may reach `hosts` (by HTTPS on port 443)."""
        return Use(target=self, hosts=hosts)


class Forward(Service):
    """A fixed TCP forward to one outside address, for what speaks no HTTP."""

    kind: ClassVar[str] = "forward"
    waits: ClassVar[bool] = False
    protocol: ClassVar[Protocol] = Protocol.tcp

    zone: Zone = Zone.dmz
    host: Host
    host_port: Port
    metrics: str | None = None


WAYS_OUT: tuple[type[Service], ...] = (Edge, Egress, Forward)
"""The kinds that join a network with a way out of the host."""
