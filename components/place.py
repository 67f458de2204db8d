"""Where a component is built: its system, the stack's root, and what was built before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pulumi
import pulumi_docker as docker

import diagram
from components import expiry
from components.authority import Authority
from components.files import SecretFile
from components.link import Link
from diagram import Pooler, Service, System
from diagram.system import GATEWAY_CERTIFICATE


@dataclass(frozen=True)
class Place:
    """One service's surroundings. `callers` is its authority; None when nobody calls it."""

    platform: str
    system: System
    root: Authority
    root_file: SecretFile
    links: Mapping[str, Link]
    authorities: Mapping[str, Authority]
    """Of each callee's callers."""
    secrets: Mapping[str, pulumi.Output[str]]
    """The secret configuration that was given."""
    files: Mapping[str, SecretFile]
    """The secrets that services read, by name: those that the stack makes, and those that were given."""

    made: dict[str, list[docker.Service]] = field(default_factory=dict)
    """Of each service that was realised so far: itself, and its keeper."""

    def awaited(self, service: Service) -> list[docker.Service]:
        """What has to be healthy before `service` can be: its callees with their keepers.

        An engine makes so many at a time: without an order those that wait could keep those they wait for from coming.
        """
        callees = [link.callee for link in self.system.callees(service)] if service.waits else []
        return [made for callee in callees for made in self.made[callee]]

    def callers(self, service: Service) -> list[Link]:
        """The links by which `service` is called."""
        return [self.links[link.name] for link in self.system.callers(service)]

    def callees(self, service: Service) -> list[Link]:
        """The links by which `service` calls."""
        return [self.links[link.name] for link in self.system.callees(service)]

    def pooled(self, pooler: Pooler) -> list[Link]:
        """The links whose callers reach the database through `pooler`."""
        return [self.links[link.name] for link in self.system.pooled(pooler)]

    def descriptions(self, links: list[Link]) -> list[diagram.Link]:
        """The links as the diagram has them."""
        return [link.link for link in links]

    def names(self, service: Service) -> list[str]:
        """The names of all its links."""
        return [link.name for link in (*self.system.callers(service), *self.system.callees(service))]

    def ends(self) -> dict[str, pulumi.Output[str]]:
        """When each certificate ends that was made so far, and the gateway's where it was given."""
        signers = (self.root, *self.authorities.values())
        ends = {name: end for authority in signers for name, end in authority.ends.items()}
        if given := self.secrets.get(GATEWAY_CERTIFICATE):
            ends["gateway"] = pulumi.Output.unsecret(given.apply(expiry.end_of))
        return ends

    def subnet(self, network: str) -> IPv4Network:
        """The subnet of a network."""
        return self.system.subnets[network]
