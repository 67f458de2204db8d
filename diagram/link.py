"""A link: one service calls another. Everything between two services is derived from it."""

from enum import StrEnum

from diagram.description import Description, Name, Port


class Protocol(StrEnum):
    """How a callee is spoken to, and so what a link brings its two ends."""

    http = "http"
    """HTTPS with a client certificate, ended by the callee's front."""
    postgres = "postgres"
    redis = "redis"
    proxy = "proxy"
    """The egress proxy, reached by a loopback listener of the caller's front."""
    tcp = "tcp"
    """A fixed TCP forward, reached the same way."""
    passthrough = "passthrough"
    """From the edge to the gateway: TLS passes through, the PROXY protocol tells the client's address."""


class Link(Description):
    """`caller` calls `callee` on `port`.

    `hosts` are the outside hosts that a proxy link may reach; `keys` the Redis ACL patterns, and `roles` the
    PostgreSQL roles, that the caller has beyond its own.
    """

    caller: Name
    callee: Name
    protocol: Protocol
    port: Port
    hosts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Unique in its system; also the name of its network."""
        return f"{self.caller}-to-{self.callee}"

    @property
    def is_authenticated(self) -> bool:
        """Whether both ends prove who they are: every link does but the edge's, which carries the client's own TLS."""
        return self.protocol is not Protocol.passthrough
