"""What keeps data: one task on one volume, and a keeper that gives it what rotates."""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from diagram.description import Memory, Name, Port
from diagram.link import Link, Protocol
from diagram.service import Service, Use
from diagram.zone import Zone


class Stateful(Service):
    """Runs once, stops before it starts again, keeps `volume`, and is spoken to by certificate and password."""

    zone: Zone = Zone.data
    cpus: float = 1.0
    memory: Memory = "512M"
    metrics: str | None = None
    grace: int = 60


class Database(Stateful):
    """PostgreSQL 15. Each caller has a role of its own; `schema` gives the roles their rights."""

    kind: ClassVar[str] = "database"
    protocol: ClassVar[Protocol] = Protocol.postgres

    port: Port | None = 5432
    database: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    schema_sql: str = ""
    """Idempotent SQL that the keeper applies at every change: tables, grants, row policies."""
    volume: str | None = "/var/lib/postgresql/data"
    connections: int = 200
    slow_query_ms: int = 1000

    def link_from(self, caller: Service, use: Use) -> Link:
        """A link that names the database."""
        return super().link_from(caller, use).model_copy(update={"database": self.database})

    def role(self, *roles: Name | str) -> Use:
        """This database for a caller that is also a member of `roles` (pg_monitor, say)."""
        return Use(target=self, roles=roles)


class Cache(Stateful):
    """Redis 7. Each caller has an ACL user; `keys` says which keys and channels it may touch."""

    kind: ClassVar[str] = "cache"
    protocol: ClassVar[Protocol] = Protocol.redis

    port: Port | None = 6379
    durable: bool = True
    """Every acknowledged write is on disk (appendfsync always) and nothing is evicted."""
    volume: str | None = "/data"

    def keys(self, *patterns: str) -> Use:
        """This cache for a caller with these ACL rules: ``~pattern`` keys, ``&pattern`` channels, ``+command``."""
        return Use(target=self, keys=patterns)
