"""python -m scripts.backup STACK COMMAND: what an operator asks of a stack's backups, from a machine of its swarm.

    status             the metrics, and what is wrong
    list               every backup, the newest first: file, class, moment, bytes
    now                take one, restore it into a scratch database, compare, keep it
    prove [FILE]       restore a kept one into a scratch database and compare: the recovery test
    compare [FILE]     which tables of the database are not as they were then: the diagnosis
    restore [FILE]     put the database back, as a whole or not at all; --table NAME for one table alone
    take FOLDER [FILE] copy a backup and the key out of the platform
    restore --from FILE --key KEY   on another machine, on which the stack runs: from what `take` wrote

Where nothing of the stack runs, `python -m scripts.restore` fills any empty PostgreSQL.
The restore goes through the database's own socket as its administrator: no service of the platform may write as much.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import docker
from docker.errors import DockerException

from scripts import containers, restore

ADMINISTRATOR = ("-h", "/run/keeper", "-U", "rempart")
PROGRAM = ("python3", "-m", "backup")
ONE_TABLE = """
set -euo pipefail
echo "BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM {schema}.{table};"
pg_restore --data-only --schema={schema} --table={table} --file=-
cat > /dev/null  # pg_restore leaves what comes after its table; who writes must be read to the end
echo "COMMIT;"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; 1 with one sentence where that failed, and then nothing was changed."""
    asked = _parser().parse_args(arguments)
    began = time.monotonic()
    if asked.command == "restore":
        _restore(asked)
        print(f"restored in {time.monotonic() - began:.1f} s")
    elif asked.command == "take":
        _take(asked)
    else:
        _run([*inside(asked.stack, "backup"), *PROGRAM, asked.command, *([asked.file] if asked.file else [])])
    return 0


def _restore(asked: argparse.Namespace) -> None:
    opened = _opened(asked)
    name = _database(asked.stack)
    if asked.table:
        _rows(asked, opened, name)
        return
    command = [*inside(asked.stack, "database", "-i"), "pg_restore", *ADMINISTRATOR, "-d", name]
    command += ["--clean", "--if-exists", "--single-transaction", "--exit-on-error"]
    _piped(opened, command)


def _rows(asked: argparse.Namespace, opened: list[str], name: str) -> None:
    """One table's rows: those of the backup in place of those that are there, in one transaction."""
    schema, _, table = asked.table.rpartition(".")
    if not all(part.replace("_", "").isalnum() for part in (schema or "public", table)):
        raise SystemExit(f"rempart: --table: {asked.table}: accepted are plain names, such as items or public.items")
    script = ONE_TABLE.format(schema=schema or "public", table=table)
    made = [*inside(asked.stack, "database", "-i"), "bash", "-c", script]
    with tempfile.TemporaryFile() as text:
        _piped(opened, made, text)
        text.seek(0)
        if not any(line.startswith(b"COPY ") for line in text):
            raise SystemExit(f"rempart: --table: the backup holds no table {asked.table}; nothing was restored")
        os.lseek(text.fileno(), 0, os.SEEK_SET)  # psql reads the file itself, past Python's buffer
        applied = [*inside(asked.stack, "database", "-i"), "psql", *ADMINISTRATOR, "-d", name, "-qX"]
        done = subprocess.run([*applied, "-v", "ON_ERROR_STOP=1"], stdin=text, stdout=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise SystemExit("rempart: nothing was restored")


def _opened(asked: argparse.Namespace) -> list[str]:
    """The command that writes the dump, once every byte of the backup is known to be authentic."""
    if asked.source and asked.key:
        files = {"backup": asked.source, "key": asked.key}
        return restore.program(files, ["open", "/given/backup", "--key", "/given/key"])
    if asked.source or asked.key:
        raise SystemExit("rempart: --from and --key: each needs the other; the key is in what `take` wrote")
    return [*inside(asked.stack, "backup"), *PROGRAM, "open", *([asked.file] if asked.file else [])]


def _take(asked: argparse.Namespace) -> None:
    """A backup and the key, each readable by its owner alone: keep them apart."""
    container = inside(asked.stack, "backup")
    listed = subprocess.run([*container, *PROGRAM, "list"], capture_output=True, text=True, check=True).stdout
    known = [line.split("\t")[0] for line in listed.splitlines()]
    name = asked.file or next(iter(known), None)
    if name not in known:
        raise SystemExit(f"rempart: {name}: there is no such backup; there are {len(known)}")
    asked.folder.mkdir(parents=True, exist_ok=True)
    for source, target in ((f"/backups/{name}", name), ("/run/secrets/backup-key", "backup-key")):
        path = asked.folder / target
        path.touch(mode=0o600)
        with path.open("wb") as file:
            subprocess.run([*container, "cat", source], stdout=file, check=True)
        print(path)


def _piped(source: list[str], target: list[str], output: IO[bytes] | None = None) -> None:
    """`source` into `target`; where either fails, the target has changed nothing."""
    with subprocess.Popen(source, stdout=subprocess.PIPE) as read:
        written = subprocess.run(target, stdin=read.stdout, stdout=output, check=False)
        assert read.stdout
        read.stdout.close()
    if read.returncode != 0 or written.returncode != 0:
        raise SystemExit("rempart: nothing was restored")


def _run(command: list[str]) -> None:
    if status := subprocess.run(command, check=False).returncode:
        raise SystemExit(status)


def inside(stack: str, kind: str, *options: str) -> list[str]:
    """The beginning of a command in the stack's container of this kind."""
    running = containers.labelled(engine(), stack, {"kind": kind}, status="running")
    if not running:
        raise SystemExit(f"rempart: no {kind} of stack {stack} runs on this node")
    return ["docker", "exec", *options, running[0].id]


def engine() -> Any:
    """The Docker engine of this machine."""
    try:
        client = docker.from_env()
        client.ping()
    except DockerException:
        raise SystemExit("rempart: no Docker engine answers") from None
    return client


def _database(stack: str) -> str:
    """The name of the database that the platform made."""
    query = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
    command = [*inside(stack, "database"), "psql", *ADMINISTRATOR, "-d", "postgres", "-Atc", query]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[0]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.backup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stack")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("status", "list", "now", "prove", "compare", "restore", "take"):
        command = commands.add_parser(name)
        if name == "take":
            command.add_argument("folder", type=Path)
        command.add_argument("file", nargs="?")
        if name == "restore":
            command.add_argument("--table")
            command.add_argument("--from", dest="source", type=Path)
            command.add_argument("--key", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
