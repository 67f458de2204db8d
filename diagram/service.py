"""A service: one image, so many replicas, and whom it calls."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from diagram.description import Description, Memory, Name, Port, Seconds, in_bytes
from diagram.link import Link, Permissions, Protocol
from diagram.scale import Reservation, Scale
from diagram.secret import Secret
from diagram.zone import Zone

LOOPBACK = 10_000
"""A front listens on port P; the application behind it on loopback port P + LOOPBACK."""


class Health(Description):
    """Healthy means: `ready` has answered 200 once, and `alive` answers 200 now.

    So a service becomes healthy when its callees answer, and is not killed because one of them stops later.
    """

    ready: str = "/ready"
    alive: str = "/health"
    interval: Annotated[int, Field(ge=1, le=20)] = 5
    """Seconds between two checks, once it was healthy: a third failure in a row is noticed within a minute."""
    start: Seconds = 60
    """Seconds before a failing check counts."""


class Use(Permissions):
    """A service as its caller sees it: the target, and what this caller may do there."""

    target: "Service | Name"

    @property
    def name(self) -> str:
        """The callee's name."""
        return self.target if isinstance(self.target, str) else self.target.name


GRANTED_OVER = {
    "hosts": Protocol.proxy, "keys": Protocol.redis, "roles": Protocol.postgres, "rights": Protocol.mongodb,
    "prefixes": Protocol.s3, "sends": Protocol.amqp, "takes": Protocol.amqp, "watches": Protocol.amqp,
}  # fmt: skip
"""The protocol of the callees that can grant each permission."""


class Service(Description):
    """A program that others may call over HTTP: a front ends its TLS and asks each caller for its certificate."""

    kind: ClassVar[str] = "service"
    waits: ClassVar[bool] = True
    """Whether it becomes healthy only when its callees answer."""
    protocol: ClassVar[Protocol] = Protocol.http

    name: Name
    zone: Zone = Zone.applications
    image: str
    port: Port | None = None
    """The port of its front; None when nobody calls it."""
    replicas: Annotated[int, Field(ge=1, le=100)] = 1
    scale: Scale | None = None
    """How its tasks follow the load, where the orchestrator can; never fewer than `replicas` elsewhere."""
    command: tuple[str, ...] = ()
    uses: tuple["Use | Service | Name", ...] = ()
    secrets: tuple[Secret, ...] = ()
    env: Mapping[str, str] = {}
    files: Mapping[str, str] = {}
    """Configuration files: path in the container to text. No secrets."""
    volume: str | None = None
    """The path of its own data, kept across replacements."""
    sources: str | None = None
    """A directory of the machine mounted over the application's, for live reload. Development only."""
    runs_on: Name | None = None
    """The role of the machines that it runs on, which their label ``rempart.<role>=yes`` tells; None for any."""
    cpus: Annotated[float, Field(gt=0, le=64)] = 0.5
    memory: Memory = "128M"
    reserves: Reservation | None = None
    """What each task is sure of; `cpus` and `memory` are its limits."""
    health: Health = Health()
    metrics: str | None = "/metrics"
    """The path to scrape on `port`; None where an exporter answers for it."""
    grace: Seconds = 30
    """Seconds from the stop signal to the end."""

    @model_validator(mode="after")
    def data_of_its_own_belongs_to_one_task(self) -> Self:
        """Two tasks would write to one volume, or each to a volume that the other does not see."""
        if self.volume and max(self.replicas, self.scale.least if self.scale else 1) > 1:
            raise ValueError(f"{self.name}.replicas: 1 is accepted, because {self.volume} is its own data")
        return self

    @model_validator(mode="after")
    def it_has_room_to_scale(self) -> Self:
        """More replicas than the scale's upper bound, or a reservation above its limit, cannot be meant."""
        if self.scale and not self.replicas <= self.scale.most:
            raise ValueError(f"{self.name}.replicas: at most {self.scale.most} are accepted, the scale's upper bound")
        if self.reserves and self.reserves.cpus > self.cpus:
            raise ValueError(f"{self.name}.reserves.cpus: at most {self.cpus} is accepted, the limit")
        if self.reserves and in_bytes(self.reserves.memory) > in_bytes(self.memory):
            raise ValueError(f"{self.name}.reserves.memory: at most {self.memory} is accepted, the limit")
        return self

    @model_validator(mode="after")
    def a_secret_is_named_once(self) -> Self:
        """Two secrets of one name would be one file."""
        names = [secret.name for secret in self.held()]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{self.name}.secrets: {', '.join(twice)} appears twice")
        return self

    def held(self) -> tuple[Secret, ...]:
        """The secrets that it reads, beside those of its links."""
        return self.secrets

    def calls(self) -> Iterator[Use]:
        """Whom it calls, each with what it may do there."""
        for use in self.uses:
            yield use if isinstance(use, Use) else Use(target=use)

    def link_from(self, caller: "Service", use: Use) -> Link:
        """The link by which `caller` calls this service."""
        if self.port is None:
            raise ValueError(f"{caller.name}.uses: {self.name} has no port, so nobody can call it")
        for permission, protocol in GRANTED_OVER.items():
            if getattr(use, permission) and self.protocol is not protocol:
                raise ValueError(f"{caller.name}.uses: {self.name} is a {self.kind}, and has no {permission} to grant")
        if self.protocol is Protocol.proxy and not use.hosts:
            raise ValueError(f"{caller.name}.uses: {self.name} leads only to named hosts: name them")
        return Link(
            caller=caller.name,
            callee=self.name,
            protocol=self.protocol,
            port=self.port,
            **{permission: getattr(use, permission) for permission in GRANTED_OVER},
        )

    @property
    def tasks(self) -> int:
        """How many tasks run where nothing scales by load."""
        return max(self.replicas, self.scale.least) if self.scale else self.replicas

    @property
    def loopback(self) -> int | None:
        """The port on which the application itself listens."""
        return self.port and self.port + LOOPBACK


class Workers(Service):
    """A service that takes its work from a queue; its port serves health and metrics only."""

    kind: ClassVar[str] = "workers"


class Exporter(Service):
    """Answers for the metrics of another service."""

    kind: ClassVar[str] = "exporter"
    zone: Zone = Zone.monitoring
    cpus: float = 0.25
    memory: Memory = "64M"
    certificates: bool = False
    """It also tells when each certificate of its system ends."""
