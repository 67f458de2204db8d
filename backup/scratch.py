"""A PostgreSQL of its own, in a folder, for as long as it takes to prove that a backup can be restored."""

import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryDirectory

import psycopg

from backup.empty import filled
from backup.errors import BackupError
from backup.fingerprint import Fingerprint
from backup.processes import started

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
    with _server(folder) as conninfo:
        return filled(conninfo, dump, roles)


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
