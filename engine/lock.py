"""The file backend's lock: one run at a time changes a stack."""

import contextlib
import fcntl
import getpass
import json
import os
import socket
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from engine.backend import Location
from engine.errors import LockedError

BEING_WRITTEN = 60.0  # seconds in which a lock file without an owner may still get one
ORPHANS_END = 20.0  # seconds that a phase without its parent is given to end


@contextlib.contextmanager
def held(location: Location) -> Iterator[int]:
    """Holds the stack's lock, or raises LockedError naming who has it.

    Yields a descriptor that the processes of the run inherit: as long as one of them lives, the lock is not stale.
    A lock of a process of this machine that is gone is removed.
    """
    location.prepare()
    path = location.locks / f"{uuid.uuid4()}.json"
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(handle, json.dumps(_owner()).encode())
        others = [other for other in sorted(location.locks.glob("*.json")) if other != path and not _stale(other)]
        if others:
            raise LockedError(_refusal(others))
        yield handle
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _owner() -> dict[str, object]:
    stamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return {"pid": os.getpid(), "username": getpass.getuser(), "hostname": socket.gethostname(), "timestamp": stamp}


def _stale(path: Path) -> bool:
    """Whether the lock's owner is gone; a stale lock is removed.

    A run that was killed may have left the process of its phase, which ends soon after: that is waited for.
    """
    try:
        owner = json.loads(path.read_text() or "{}")
        if owner.get("hostname", socket.gethostname()) != socket.gethostname():
            return False
        written = path.stat().st_mtime
        if "pid" not in owner and time.time() - written < BEING_WRITTEN:
            return False
        if ("pid" in owner and _alive(owner["pid"], written)) or not _released(path):
            return False
    except FileNotFoundError:
        return True
    except ValueError:
        return False
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}.attrs").unlink(missing_ok=True)  # the CLI's note beside it
    return True


def _released(path: Path) -> bool:
    """Whether no process of the run that made the lock is left."""
    until = time.monotonic() + ORPHANS_END
    with path.open() as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    return False
                time.sleep(0.1)
            else:
                return True


def _alive(pid: int, locked_at: float) -> bool:
    """Whether the process that took the lock is there: not another one that has its number by now."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}").stat().st_ctime <= locked_at + 1
    except ProcessLookupError:
        return False
    except OSError:
        return True


def _refusal(locks: list[Path]) -> str:
    lines = []
    for path in locks:
        try:
            owner = json.loads(path.read_text())
            who = f"{owner['username']}@{owner['hostname']} (pid {owner['pid']})"
            lines.append(f"  {path}: created by {who} at {owner['timestamp']}")
        except (OSError, ValueError, KeyError):
            lines.append(f"  {path}")
    return (
        f"the stack is currently locked by {len(locks)} lock(s). Either wait for the other process(es) to end, "
        f"or delete the lock file with `pulumiw cancel`.\n" + "\n".join(lines)
    )
