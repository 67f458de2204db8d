"""``python -m backup COMMAND``: the service, and what an operator asks of it."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from backup import archive, run, sealed, service, status
from backup.errors import BackupError
from backup.given import given
from backup.log import log
from backup.status import Status


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; 1 with one sentence on stderr where that failed."""
    asked = _parser().parse_args(arguments)
    try:
        return COMMANDS[asked.command](asked)
    except BackupError as error:
        print(f"backup: {error}", file=sys.stderr)
        return 1


def _serve(_: argparse.Namespace) -> int:
    service.serve(given())
    return 0


def _now(asked: argparse.Namespace) -> int:
    outcome = service.attempt(given(), [asked.kept])
    if outcome.error:
        raise BackupError(outcome.error)
    print(json.dumps(vars(outcome)))
    return 0


def _list(_: argparse.Namespace) -> int:
    for copy, path in given().store.copies().items():
        print(f"{path.name}\t{copy.kept}\t{copy.taken.isoformat()}\t{path.stat().st_size}")
    return 0


def _status(_: argparse.Namespace) -> int:
    known = given()
    print(json.dumps(status.metrics(known, Status(known).read(), status.now()), indent=1))
    return 0


def _prove(asked: argparse.Namespace) -> int:
    """Restore a backup into a scratch database and compare it with what was dumped."""
    known = given()
    file, began = known.store.find(asked.name), time.monotonic()
    with known.store.work() as work:
        dumped = run.prove(file, known, work)
    log("a backup was proven", file=file.name)
    print(json.dumps({"file": file.name, "dumped": dumped, "seconds": round(time.monotonic() - began, 2)}))
    return 0


def _compare(asked: argparse.Namespace) -> int:
    """Say which tables of the database are not as they were in a backup."""
    known = given()
    file = known.store.find(asked.name)
    manifest = archive.proven(file, known.keys)
    for line in manifest.fingerprint.differences(run.current(known.database)) or ["no difference"]:
        print(line)
    return 0


def _open(asked: argparse.Namespace) -> int:
    """Write the dump to standard output, once every byte of the file is known to be authentic."""
    if asked.key:
        file, keys = Path(asked.name), sealed.read_keys(asked.key)
    else:
        known = given()
        file, keys = known.store.find(asked.name), known.keys
    manifest = archive.proven(file, keys)
    log("a backup is read", file=file.name, taken=manifest.taken)
    with archive.dump(file, keys) as data:
        for block in data:
            sys.stdout.buffer.write(block)
        sys.stdout.buffer.flush()
    return 0


def _restore(asked: argparse.Namespace) -> int:
    """Put a file into an empty database, wherever that is; without one, say what the file holds."""
    file, keys, began = Path(asked.name), sealed.read_keys(asked.key), time.monotonic()
    manifest = run.restore(file, keys, asked.into) if asked.into else archive.proven(file, keys)
    found = manifest.fingerprint
    held = {"database": manifest.database, "taken": manifest.taken, "tables": len(found.tables), "rows": found.rows}
    print(json.dumps({**held, "restored": bool(asked.into), "seconds": round(time.monotonic() - began, 2)}))
    return 0


COMMANDS = {
    "serve": _serve, "now": _now, "list": _list, "status": _status, "prove": _prove, "compare": _compare, "open": _open,
    "restore": _restore,
}  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backup", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        command = commands.add_parser(name)
        if name == "now":
            command.add_argument("--kept", default="recent", help="the class that the backup counts for")
        if name in {"prove", "compare", "open"}:
            command.add_argument("name", nargs="?", help="of the backup; the newest when none is named")
        if name == "open":
            command.add_argument("--key", type=Path, help="a key file; NAME is then the path of a file")
        if name == "restore":
            command.add_argument("name", help="the path of a file")
            command.add_argument("--key", type=Path, required=True, help="a key file")
            command.add_argument("--into", help="how to reach an empty database, as libpq writes it")
    return parser


if __name__ == "__main__":
    sys.exit(main())
