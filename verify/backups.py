"""The backups: taken by themselves, whole, sealed, restorable, and read by a role that can do nothing else."""

import json
from collections.abc import Iterator
from typing import Any

from diagram import Backup
from verify.clients import execute
from verify.report import Row
from verify.running import Target

WRITES = """
import psycopg
from backup.given import given
database = given().database
with psycopg.connect(database.conninfo, password=database.password) as connection:
    try:
        connection.execute("CREATE TABLE written_by_the_backup (x int)")
        print("wrote")
    except psycopg.Error as error:
        print(type(error).__name__)
"""
OTHER_KEY = """
import base64, pathlib, subprocess, sys
key = pathlib.Path("/tmp/another-key")
key.write_bytes(base64.b64encode(bytes(32)))
command = [sys.executable, "-m", "backup", "open", "/backups/" + sys.argv[1], "--key", str(key)]
done = subprocess.run(command, capture_output=True, text=True)
key.unlink()
print(done.returncode, len(done.stdout), done.stderr.strip())
"""


def backups(target: Target) -> Iterator[Row]:
    """Each backup service of the system; takes one more backup of each, and restores it into a scratch database."""
    services = [service for service in target.system.services if isinstance(service, Backup)]
    if not services:
        yield Row(target.system.name, "declares no backup service, so there is none to try", ok=True)
    for service in services:
        yield from _of(target, service.name)


def _of(target: Target, name: str) -> Iterator[Row]:
    before = _asked(target, name, "status")
    files = [before["latest_backup"]] if before["latest_backup"] else []
    yield Row(name, "has taken a backup by itself", bool(files), ", ".join(files))
    yield Row(name, "is well", before["health_status"] == "healthy", "; ".join(before["health_issues"]))
    taken = _asked(target, name, "now")
    seen = f"{taken['rows']} rows, {taken['dumped']} bytes in {taken['sealed']}, {taken['seconds_to_seal']} s"
    yield Row(name, "takes one on demand", bool(taken["files"]), seen)
    file = taken["files"][0]
    proven = _asked(target, name, "prove", file)
    ok = proven["dumped"] == taken["dumped"]
    yield Row(file, "restores to what was dumped", ok, f"in {proven['seconds']} s, in a scratch database")
    said = execute(target, name, ["python3", "-c", OTHER_KEY, file]).decode().strip()
    yield Row(file, "opens with no other key", said.startswith("1 0 ") and "sealed with the key" in said, said[-90:])
    head = execute(target, name, ["head", "-c", "16", f"/backups/{file}"])
    yield Row(file, "is sealed", head == b"rempart sealed 1", repr(head))
    wrote = execute(target, name, ["python3", "-c", WRITES]).decode().strip()
    yield Row(name, "cannot write to its database", wrote == "InsufficientPrivilege", wrote)


def _asked(target: Target, name: str, *words: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(execute(target, name, ["python3", "-m", "backup", *words]))
    return said
