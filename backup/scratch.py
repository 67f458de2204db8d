"""A PostgreSQL of its own, in a folder, for as long as it takes to prove that a backup can be restored."""

import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE
from tempfile import TemporaryDirectory

import psycopg

from backup.errors import BackupError
from backup.fingerprint import SETTINGS, Fingerprint
from backup.processes import fed, started

SECONDS = 60
OWNER = "rempart"
"""The superuser that the platform's databases have, too."""
OPTIONS = (
    "listen_addresses=", "fsync=off", "full_page_writes=off", "synchronous_commit=off", "wal_level=minimal",
    "max_wal_senders=0", "autovacuum=off", "max_connections=10", "shared_buffers=64MB", "maintenance_work_mem=64MB",
    "max_parallel_workers=0", "dynamic_shared_memory_type=mmap", "log_min_messages=fatal",
)  # fmt: skip
"""Nobody else reaches it, and it need not survive anything."""


def restored(dump: Iterable[bytes], roles: Iterable[str], folder: Path) -> tuple[Fingerprint, int]:
    """What an empty PostgreSQL in `folder` holds once `dump` is restored in it, and the dump's bytes. Raises
    BackupError.
    """
    counted = _Counted(dump)
    with _server(folder) as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in set(roles) - known:
                connection.execute(psycopg.sql.SQL("CREATE ROLE {}").format(psycopg.sql.Identifier(role)))
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


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """An empty server; yields how to reach its database."""
    data = folder / "cluster"
    initdb = ["initdb", "--no-sync", "--auth=trust", f"--username={OWNER}", "--encoding=UTF8", "--locale=C.UTF-8"]
    with started([*initdb, f"--pgdata={data}"]) as making:
        assert making.stdout
        making.stdout.read()
    with TemporaryDirectory(prefix="scratch-") as sockets:
        options = [word for option in (*OPTIONS, f"unix_socket_directories={sockets}") for word in ("-c", option)]
        server = subprocess.Popen(["postgres", "-D", str(data), *options], stdout=DEVNULL, stderr=DEVNULL)
        try:
            conninfo = f"host={sockets} user={OWNER} dbname=postgres"
            _await(conninfo, server)
            yield conninfo
        finally:
            server.send_signal(3)  # SIGQUIT: at once
            server.wait()


def _await(conninfo: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            psycopg.connect(conninfo).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise BackupError("the scratch database does not start: is the disk full?") from None
            time.sleep(0.1)
