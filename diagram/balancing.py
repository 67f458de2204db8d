"""Several instances behind one name: inside the platform, or by an appliance in front of it."""

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from diagram.boundary import Edge
from diagram.description import Description, Host, Memory, Name, Port, Seconds
from diagram.service import Service, Use

Cookie = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=40)]


class Balancer(Service):
    """Spreads requests over `members`: each goes to the one with the fewest connections, and a client stays with its.

    A member is asked for its `alive` page, taken out when it fails and put back when it answers; a client of a member
    that is out goes to another. Ready means that one member at least is in.
    """

    kind: ClassVar[str] = "balancer"
    waits: ClassVar[bool] = True

    members: tuple[Service, ...]
    cookie: Cookie = "member"
    """The cookie that keeps a client with its member: Secure, HttpOnly, SameSite=Lax, and without a member's name."""
    every: Seconds = 2
    """Seconds between two questions to a member; two wrong answers take it out, two right ones put it back."""
    memory: Memory = "128M"

    @model_validator(mode="after")
    def members_are_alike(self) -> Self:
        """Instances of one service answer for their health in one way."""
        names = [member.name for member in self.members]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"{self.name}.members: must name at least one service, and each once")
        if len({member.health.alive for member in self.members}) > 1:
            raise ValueError(f"{self.name}.members: {', '.join(names)} must have one path in health.alive")
        return self

    def calls(self) -> Iterator[Use]:
        """Its members, and what it uses."""
        yield from super().calls()
        for member in self.members:
            yield Use(target=member)


class LoadBalancer(Description):
    """What an appliance in front of the platform must do: a statement for those who run it; nothing is deployed.

    It holds the clients' certificate for `host` and speaks TLS 1.3 to the edge on every node, whose certificate it
    verifies by the stack's root.
    """

    name: Name
    address: IPv4Address
    """Where clients come in."""
    port: Port = 443
    host: Host
    edge: Edge
    nodes: Annotated[tuple[IPv4Address, ...], Field(min_length=1)]
    """Its members: the machines on which the edge publishes its port."""
    method: Literal["least connections"] = "least connections"
    persistence: Literal["cookie insert", "none"] = "cookie insert"
    monitor: str = "/health"
    every: Seconds = 5

    @property
    def duties(self) -> dict[str, str]:
        """What it must do, as a list for its administrators."""
        members = ", ".join(f"{node}:{self.edge.https}" for node in self.nodes)
        return {
            "virtual server": f"https://{self.host} at {self.address}:{self.port}",
            "members": members,
            "method": self.method,
            "persistence": self.persistence,
            "monitor": f"GET https://{self.host}{self.monitor} at each member every {self.every} s, 200 expected",
            "to the members": f"TLS 1.3, SNI and verified name {self.host}",
        }
