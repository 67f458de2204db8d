"""Backups of a database: which are taken when, and which are kept."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from diagram.description import Description, Memory, Port
from diagram.schedule import Schedule
from diagram.secret import Secret
from diagram.service import Health, Service, Use
from diagram.stateful import Database

KEY = Secret(name="backup-key", keeps_old=True)
"""What a backup is sealed with. Old keys stay, so that old backups open."""


class Retention(Description):
    """A class of backups: taken on `schedule`; the newest `copies` are kept, and none is older than `days` beside the
    newest. The newest itself is never deleted.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z]+$", max_length=20)]
    schedule: Schedule
    copies: Annotated[int, Field(ge=1, le=1000)]
    days: Annotated[int, Field(ge=1, le=3660)]


class Backup(Service):
    """Dumps the database `of`, seals the dump, restores it into a scratch database, compares, and only then keeps it.

    It reads with a role that can do nothing else. One dump serves every class of `keeps` that is due. It stands with
    the applications, because nothing in the data zone may call. A channel that tells people is no condition for a
    backup: ready means that the database answers.
    """

    kind: ClassVar[str] = "backup"

    of: Database
    keeps: tuple[Retention, ...]
    port: Port | None = 8020
    volume: str | None = "/backups"
    cpus: float = 1.0
    memory: Memory = "512M"
    health: Health = Health(ready="/database")

    def held(self) -> tuple[Secret, ...]:
        """The key, without which there is no backup, and its own secrets."""
        return (KEY, *super().held())

    def calls(self) -> Iterator[Use]:
        """Its database, of which it may read everything, and what it uses."""
        yield self.of.role("pg_read_all_data")
        yield from super().calls()

    @model_validator(mode="after")
    def every_backup_is_kept_somewhere(self) -> Self:
        """A backup that no class keeps is none."""
        names = [kept.name for kept in self.keeps]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"{self.name}.keeps: must name at least one class of backups, and each once")
        return self
