"""One backup: a consistent dump, compressed and sealed, restored elsewhere and compared, and only then kept."""

import errno
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from backup import archive, rules, scratch
from backup.archive import Manifest
from backup.empty import filled
from backup.errors import BackupError
from backup.fingerprint import SETTINGS, Fingerprint
from backup.given import Database, Given
from backup.outcome import Outcome
from backup.processes import blocks, started
from backup.sealed import Sealer

LEVEL = "-3"


def back_up(given: Given, classes: list[str]) -> Outcome:
    """Take a backup for these classes and delete what expired. Raises BackupError, having changed nothing."""
    taken = datetime.now(UTC).replace(microsecond=0)
    with _explained(), given.store.work() as work:
        file, began = work / "sealed", time.monotonic()
        manifest = _seal(given, file, taken)
        sealed_after = time.monotonic() - began
        began, dumped = time.monotonic(), prove(file, given, work)
        proven_after = time.monotonic() - began
        names = given.store.keep(file, taken, classes)
        outcome = Outcome(
            taken.isoformat(), tuple(names), manifest.fingerprint.rows, dumped, file.stat().st_size,
            round(sealed_after, 2), round(proven_after, 2),
        )  # fmt: skip
    clean(given)
    return outcome


def prove(file: Path, given: Given, work: Path) -> int:
    """Restore `file` into a scratch database and compare; the dump's bytes. Raises BackupError where it differs."""
    with _explained():
        manifest = archive.proven(file, given.keys)
        with archive.dump(file, given.keys) as data:
            found, dumped = scratch.restored(data, manifest.fingerprint.roles, work)
    _same(file, manifest.fingerprint, found)
    return dumped


def restore(file: Path, keys: Sequence[bytes], conninfo: str) -> Manifest:
    """Put `file` into the empty database at `conninfo`, as a whole or not at all, and compare. Raises BackupError."""
    with _explained():
        manifest = archive.proven(file, keys)
        with archive.dump(file, keys) as data:
            found, _ = filled(conninfo, data, manifest.fingerprint.roles)
    _same(file, manifest.fingerprint, found)
    return manifest


def clean(given: Given) -> int:
    """Delete the backups that expired; how many they were."""
    copies = given.store.copies()
    gone = rules.expired(given.rules, copies)
    for copy in gone:
        copies[copy].unlink()
    return len(gone)


def current(database: Database) -> Fingerprint:
    """The fingerprint of the database as it is now. Raises BackupError."""
    with _explained(), _session(database) as (connection, _):
        return Fingerprint.of(connection)


def _seal(given: Given, file: Path, taken: datetime) -> Manifest:
    """The manifest, and the dump in `file`: both of one moment."""
    with _session(given.database) as (connection, conninfo):
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        (name,) = connection.execute("SELECT current_database()").fetchone() or ("",)
        manifest = Manifest(name, taken.isoformat(), Fingerprint.of(connection))
        command = ["pg_dump", "--format=custom", "--compress=0", f"--snapshot={snapshot}", f"--dbname={conninfo}"]
        with file.open("wb") as target, started(command) as dump:
            sealer = Sealer(target, given.keys[0])
            sealer.write(manifest.encoded())
            with started(["zstd", LEVEL, "-T0", "-cq"], stdin=dump.stdout) as zstd:
                for block in blocks(zstd.stdout):
                    sealer.write(block)
            sealer.close()
            target.flush()
            os.fsync(target.fileno())
    return manifest


def _same(file: Path, dumped: Fingerprint, found: Fingerprint) -> None:
    if differences := dumped.differences(found):
        raise BackupError(f"{file.name}: restored it is not what was dumped: {'; '.join(differences[:3])}")


@contextmanager
def _session(database: Database) -> "Iterator[tuple[psycopg.Connection, str]]":
    """A transaction that sees one moment and writes nothing, and the connection string for programs beside it."""
    with TemporaryDirectory() as folder:
        words = Path(folder) / "words"
        words.touch(mode=0o600)
        words.write_text(f"*:*:*:*:{database.password}\n")
        known = conninfo_to_dict(database.conninfo, passfile=str(words), connect_timeout=10)
        conninfo = make_conninfo(**known)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            for statement in SETTINGS:
                connection.execute(statement)
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection, conninfo


@contextmanager
def _explained() -> Iterator[None]:
    """What libraries raise, in our words."""
    try:
        yield
    except psycopg.Error as error:
        raise BackupError(f"the database: {type(error).__name__}: {str(error).strip().splitlines()[0]}") from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise BackupError(
                "the disk of the backups is full: nothing was kept of this run, and nothing lost"
            ) from None
        raise BackupError(f"{error.filename or 'the system'}: {error.strerror}") from None
