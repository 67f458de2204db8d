"""An empty database, filled with a dump."""

from collections.abc import Iterable, Iterator
from subprocess import PIPE

import psycopg

from backup.errors import BackupError
from backup.fingerprint import SETTINGS, TABLES, Fingerprint
from backup.processes import fed, started


def filled(conninfo: str, dump: Iterable[bytes], roles: Iterable[str]) -> tuple[Fingerprint, int]:
    """What the database at `conninfo` holds once `dump` is restored in it, and the dump's bytes.

    Raises BackupError where it is not empty or the restore fails; then it holds what it held, and perhaps some of the
    roles, none of which may log in.
    """
    with psycopg.connect(conninfo, autocommit=True, connect_timeout=10) as connection:
        if tables := len(connection.execute(TABLES).fetchall()):
            raise BackupError(f"the database is not empty: it holds {tables} tables")
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role in sorted(set(roles) - known):
            connection.execute(psycopg.sql.SQL("CREATE ROLE {}").format(psycopg.sql.Identifier(role)))
    counted = _Counted(dump)
    command = ["pg_restore", "--dbname", conninfo, "--exit-on-error", "--single-transaction"]
    with started(command, stdin=PIPE) as restore, fed(restore.stdin, counted):
        pass
    with psycopg.connect(conninfo) as connection:
        for statement in SETTINGS:
            connection.execute(statement)
        return Fingerprint.of(connection), counted.total


class _Counted:
    """Data that is counted as it passes."""

    def __init__(self, data: Iterable[bytes]) -> None:
        self.data, self.total = data, 0

    def __iter__(self) -> Iterator[bytes]:
        for block in self.data:
            self.total += len(block)
            yield block
