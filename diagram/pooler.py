"""A pool of a database's connections: many callers share few."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from diagram.description import Memory, Port
from diagram.link import Link, Protocol
from diagram.service import Exporter, Health, Service, Use
from diagram.stateful import Database

CONSOLE = "pgbouncer"
"""The database of that name is PgBouncer's own: its figures."""


class Pooler(Service):
    """PgBouncer 1.18 in front of `of`: a server connection is lent for the length of a transaction.

    Each caller has a role of its own in the database, as if it called it; the pooler itself may only ask for the
    verifiers of these roles. An exporter reads its figures instead. What a session keeps (prepared statements, `SET`,
    advisory locks, `LISTEN`) does not outlive a transaction. It stands with the applications, because nothing in the
    data zone may call.
    """

    kind: ClassVar[str] = "pooler"
    protocol: ClassVar[Protocol] = Protocol.postgres

    of: Database
    port: Port | None = 6432
    clients: Annotated[int, Field(ge=1, le=50_000)] = 10_000
    """Connections of callers that it holds at once; each needs a file descriptor."""
    pool: Annotated[int, Field(ge=1)] = 100
    """Server connections of one role at most."""
    spare: Annotated[int, Field(ge=5)] = 20
    """Connections of the database that all poolers together leave to others, its superuser's included."""
    cpus: float = 1.0
    memory: Memory = "512M"
    metrics: str | None = None
    health: Health = Health()

    @model_validator(mode="after")
    def the_database_has_so_many_connections(self) -> Self:
        """A pool that the database cannot fill would refuse clients only under load."""
        if self.pool > self.connections:
            raise ValueError(
                f"{self.name}.pool: {self.pool} is above the {self.connections} connections that {self.of.name} has "
                f"for each of its tasks: lower it, or raise {self.of.name}.connections"
            )
        return self

    @property
    def connections(self) -> int:
        """The server connections of one task, of all roles together, at most."""
        return (self.of.connections - self.spare) // self.replicas

    def link_from(self, caller: Service, use: Use) -> Link:
        """An exporter's link leads to the console, every other to the database."""
        database = CONSOLE if isinstance(caller, Exporter) else self.of.database
        return super().link_from(caller, use).model_copy(update={"database": database})

    def calls(self) -> Iterator[Use]:
        """Its database, and what it uses."""
        yield Use(target=self.of)
        yield from super().calls()

    def role(self, *roles: str) -> Use:
        """This pooler for a caller that is also a member of `roles` in the database."""
        return Use(target=self, roles=roles)
