"""A link: one service calls another. Everything between two services is derived from it."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from diagram.description import Description, Host, Name, Port

AclRule = Annotated[str, StringConstraints(pattern=r"^[~&%+-][^\s#<>]+$")]
"""One Redis ACL rule: a key or channel pattern or a command, never a password."""

Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]
"""A PostgreSQL role."""


Right = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]+(@(admin|local))?$", max_length=63)]
"""One of MongoDB's built-in roles: on the link's database, or on `admin` or `local`."""

QueueName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""A queue of a message broker."""


Prefix = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]+(/[a-zA-Z0-9_-]+)*/$", max_length=200)]
"""The beginning of objects' names, up to a slash."""


class Protocol(StrEnum):
    """How a callee is spoken to, and so what a link brings its two ends."""

    http = "http"
    """HTTPS with a client certificate, ended by the callee's front."""
    postgres = "postgres"
    redis = "redis"
    mongodb = "mongodb"
    s3 = "s3"
    """HTTPS with a client certificate, ended by the callee's front, and requests signed with the caller's key."""
    amqp = "amqp"
    """AMQP 0-9-1: the certificate's name is the user's."""
    proxy = "proxy"
    """The egress proxy, reached by a loopback listener of the caller's front."""
    tcp = "tcp"
    """A fixed TCP forward, reached the same way."""
    passthrough = "passthrough"
    """From the edge to the gateway: TLS passes through, the PROXY protocol tells the client's address."""


class Permissions(Description):
    """What a caller may do at a callee: reach `hosts` through an egress, use `keys` of a cache, join `roles` of a
    database, have `rights` in a document store, use the names under `prefixes` in an object store; at a broker put
    messages into queues (`sends`), take them out (`takes`), hear workers' events (`watches`).
    """

    hosts: tuple[Host, ...] = ()
    keys: tuple[AclRule, ...] = ()
    roles: tuple[Role, ...] = ()
    rights: tuple[Right, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    sends: tuple[QueueName, ...] = ()
    takes: tuple[QueueName, ...] = ()
    watches: bool = False


class Link(Permissions):
    """`caller` calls `callee` on `port`.

    `hosts` are the outside hosts that a proxy link may reach; `keys` the Redis ACL patterns, and `roles` the
    PostgreSQL roles, that the caller has beyond its own; `rights` are MongoDB's, which has none of its own.
    """

    caller: Name
    callee: Name
    protocol: Protocol
    port: Port
    database: str = ""
    """The database that a link of PostgreSQL or MongoDB leads to, or the virtual host of a broker."""
    bucket: str = ""
    """The bucket that a link of S3 leads to."""
    members: tuple[Name, ...] = ()
    """The names of a replica set's members, which the caller's driver has to know."""

    @property
    def name(self) -> str:
        """Unique in its system; also the name of its network."""
        return f"{self.caller}-to-{self.callee}"

    @property
    def is_authenticated(self) -> bool:
        """Whether both ends prove who they are: every link does but the edge's, which carries the client's own TLS."""
        return self.protocol is not Protocol.passthrough
