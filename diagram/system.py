"""A system: its services, and the links that follow from whom each uses. Valid when it exists."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from ipaddress import IPv4Network

from pydantic import model_validator

from diagram.balancing import LoadBalancer
from diagram.boundary import WAYS_OUT, Egress, Forward, Gateway
from diagram.description import Description, Name
from diagram.documents import DocumentStore
from diagram.link import Link, Protocol
from diagram.monitoring import Monitor
from diagram.pooler import CONSOLE, Pooler
from diagram.service import Service, Use
from diagram.stateful import Stateful
from diagram.subnets import LARGEST_PREFIX, Subnets
from diagram.zone import MAY_CALL, Zone

GATEWAY_CERTIFICATE, GATEWAY_KEY = "gatewayCertificate", "gatewayKey"
"""The secret configuration that brings a gateway's certificate (PEM, the chain after it) and its private key."""


class Generation(Description):
    """Which generation of every password and leaf is used; the previous one is accepted until it is revoked (None)."""

    current: int = 1
    previous: int | None = None
    since: date | None = None
    """The day on which the current one was first deployed: policies tell by it when it is due."""

    @model_validator(mode="after")
    def the_previous_comes_before_the_current(self) -> "Generation":
        """A generation's number is never used again."""
        if self.previous is not None and not 1 <= self.previous < self.current:
            raise ValueError("previous must be lower than current")
        return self

    @property
    def accepted(self) -> tuple[int, ...]:
        """The generations that a callee accepts, the current one first."""
        return (self.current,) if self.previous is None else (self.current, self.previous)


class Addresses(Description):
    """The pool that the system's networks are cut from, and the exceptions."""

    pool: IPv4Network = IPv4Network("10.64.0.0/10")
    prefix: int = LARGEST_PREFIX
    pins: Mapping[str, IPv4Network] = {}
    nodes: int = 1
    """How many nodes the swarm has: each takes an address of every network that reaches it."""


class System(Description):
    """Services and their links.

    Building one checks all of it, before any resource exists: names are unique and known, no link is a duplicate,
    part of a cycle or against the zone table, and every network has a subnet that is large enough and its own.
    """

    name: Name
    services: tuple[Service, ...]
    addresses: Addresses = Addresses()
    generation: Generation = Generation()
    load_balancers: tuple[LoadBalancer, ...] = ()
    """The appliances in front of it."""
    keep_data: bool = True
    """Whether data volumes outlive a ``destroy``."""

    @cached_property
    def by_name(self) -> dict[str, Service]:
        """The services by their names."""
        return {service.name: service for service in self.services}

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every link, in the order of the callers."""
        return tuple(link for service in self.services for link in self._links_of(service))

    @cached_property
    def networks(self) -> dict[str, tuple[Service, ...]]:
        """The services on every network: a link's has its two ends, a way out (``<service>-way-out``) one, and so have
        the networks of a service without links and of a keeper (``<name>-alone``).
        """
        networks = {link.name: (self.by_name[link.caller], self.by_name[link.callee]) for link in self.links}
        ways_out = {f"{service.name}-way-out": (service,) for service in self.services if isinstance(service, WAYS_OUT)}
        alone = {f"{service.name}-alone": (service,) for service in self.services if self.is_alone(service)}
        keepers = {
            f"{it.name}-{'members' if isinstance(it, DocumentStore) else 'keeper-alone'}": (it,)
            for it in self.services
            if isinstance(it, Stateful)
        }
        return {**networks, **ways_out, **alone, **keepers}

    @cached_property
    def subnets(self) -> dict[str, IPv4Network]:
        """The subnet of every network."""
        for name in self.addresses.pins:
            if name not in self.networks:
                raise ValueError(f"subnets.pins.{name}: no network has this name")
        return Subnets(self.addresses.pool, self.addresses.prefix, self.addresses.pins).allocate(self.networks)

    def is_alone(self, service: Service) -> bool:
        """Whether a service takes part in no link, and so needs a network of its own to be kept off the default one."""
        return not isinstance(service, WAYS_OUT) and not self.callers(service) and not self.callees(service)

    def callers(self, service: Service) -> tuple[Link, ...]:
        """The links in which `service` is called."""
        return self._by_callee.get(service.name, ())

    def callees(self, service: Service) -> tuple[Link, ...]:
        """The links in which `service` calls."""
        return self._by_caller.get(service.name, ())

    def poolers(self, database: Service) -> tuple[Pooler, ...]:
        """The poolers in front of `database`."""
        return tuple(it for it in self.services if isinstance(it, Pooler) and it.of.name == database.name)

    def pooled(self, pooler: Pooler) -> tuple[Link, ...]:
        """The links whose callers reach the database through `pooler`."""
        return tuple(link for link in self.callers(pooler) if link.database != CONSOLE)

    @cached_property
    def _by_callee(self) -> dict[str, tuple[Link, ...]]:
        return _grouped(self.links, "callee")

    @cached_property
    def _by_caller(self) -> dict[str, tuple[Link, ...]]:
        return _grouped(self.links, "caller")

    def _links_of(self, service: Service) -> Iterator[Link]:
        uses = list(service.calls())
        if isinstance(service, Monitor):
            uses += self._scrapes(service, {use.name for use in uses})
        for use in uses:
            if use.name not in self.by_name:
                raise ValueError(f"{service.name}.uses: no service is called {use.name!r}")
            yield self.by_name[use.name].link_from(service, use)

    def _scrapes(self, monitor: Monitor, known: set[str]) -> Iterator[Use]:
        for service in self.services:
            if service.metrics and service.port and service is not monitor and service.name not in known:
                yield Use(target=service)

    @model_validator(mode="after")
    def names_are_unique(self) -> "System":
        """Two services of one name could not be told apart."""
        if len(self.by_name) < len(self.services):
            names = [service.name for service in self.services]
            raise ValueError(f"services: {', '.join(sorted({n for n in names if names.count(n) > 1}))} appears twice")
        return self

    @model_validator(mode="after")
    def links_are_unique(self) -> "System":
        """A pair of services has one link."""
        seen: set[str] = set()
        for link in self.links:
            if link.name in seen:
                raise ValueError(f"{link.caller}.uses: {link.callee} appears twice")
            seen.add(link.name)
        return self

    @model_validator(mode="after")
    def a_database_is_reached_in_one_way(self) -> "System":
        """A caller has one role with one password in a database."""
        for pooler in (it for it in self.services if isinstance(it, Pooler)):
            ways = [pooler.of, *(it for it in self.poolers(pooler.of) if it is not pooler)]
            others = {link.caller: link.callee for way in ways for link in self.callers(way)}
            for link in self.pooled(pooler):
                if also := others.get(link.caller):
                    raise ValueError(f"{link.caller}.uses: leads to {pooler.of.name} by {also} and by {pooler.name}")
        return self

    @model_validator(mode="after")
    def calls_form_no_cycle(self) -> "System":
        """Two services that wait for each other would never be ready."""
        try:
            self._order().prepare()
        except CycleError as error:
            raise ValueError(f"links: a cycle: {' -> '.join(reversed(error.args[1]))}") from None
        return self

    @model_validator(mode="after")
    def zones_allow_every_link(self) -> "System":
        """The zone table decides; and into the DMZ, applications call only what leads out, the DMZ itself only an
        edge its gateway.
        """
        for link in self.links:
            caller, callee = self.by_name[link.caller], self.by_name[link.callee]
            if callee.zone not in MAY_CALL[caller.zone]:
                allowed = ", ".join(sorted(MAY_CALL[caller.zone])) or "no zone"
                raise ValueError(
                    f"{link.caller}.uses: {link.callee} is in {callee.zone}; the zone {caller.zone} may call {allowed}"
                )
            if callee.zone is not Zone.dmz:
                continue
            if caller.zone is Zone.applications and not isinstance(callee, Egress | Forward):
                raise ValueError(f"{link.caller}.uses: {link.callee} is in the dmz and leads nowhere out")
            if caller.zone is Zone.dmz and link.protocol is not Protocol.passthrough:
                raise ValueError(f"{link.caller}.uses: in the dmz only an edge may call, and only its gateway")
        return self

    @model_validator(mode="after")
    def networks_have_room(self) -> "System":
        """A rolling update doubles the replicas of both ends; three addresses and one for each node are Docker's."""
        for name, subnet in self.subnets.items():
            needed = 3 + self.addresses.nodes + 2 * sum(service.tasks for service in self.networks[name])
            if needed > subnet.num_addresses:
                raise ValueError(
                    f"{name}: needs {needed} addresses, and {subnet} has {subnet.num_addresses}: "
                    "lower subnets.prefix, or pin a larger one in subnets.pins"
                )
        return self

    def warnings(self) -> Iterator[str]:
        """What works and is worth knowing: joining costs a task about 0.4 s for each network."""
        for service in self.services:
            count = len(self.callers(service)) + len(self.callees(service))
            if count > 16:
                yield f"{service.name}: joins {count} networks, so its tasks take about {count * 0.4:.0f} s to start"

    def notes(self) -> Iterator[str]:
        """What the description asks for and Swarm does not do."""
        for service in self.services:
            if scale := service.scale:
                yield (
                    f"{service.name}: {scale.least} to {scale.most} tasks by load (processor {scale.cpu} %, memory "
                    f"{scale.memory} %) are described; Swarm does not scale, so {service.tasks} run"
                )

    def callees_first(self) -> list[Service]:
        """The services, each after those that it calls."""
        return [self.by_name[name] for name in self._order().static_order()]

    def _order(self) -> TopologicalSorter[str]:
        return TopologicalSorter({it.name: [link.callee for link in self.callees(it)] for it in self.services})

    @property
    def third_party_keys(self) -> list[str]:
        """The secret configuration keys that the system reads."""
        keys = {secret.config for service in self.services for secret in service.held() if secret.config}
        given = any(gateway.certificate == "given" for gateway in self.gateways)
        return sorted(keys | ({GATEWAY_CERTIFICATE, GATEWAY_KEY} if given else set()))

    @property
    def gateways(self) -> tuple[Gateway, ...]:
        """The services that end the clients' TLS."""
        return tuple(service for service in self.services if isinstance(service, Gateway))


def _grouped(links: tuple[Link, ...], end: str) -> dict[str, tuple[Link, ...]]:
    groups: dict[str, list[Link]] = {}
    for link in links:
        groups.setdefault(getattr(link, end), []).append(link)
    return {name: tuple(found) for name, found in groups.items()}
