"""A real PostgreSQL and the backup program beside it, in containers that share one loopback and nothing else."""

import base64
import json
import os
import secrets
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.apps.certificates import Authority
from tests.apps.furnishing import POSTGRES_CONF

ROOT = Path(__file__).parents[2]
OWNER = 10001
START = (
    "PATH=/usr/lib/postgresql/15/bin:$PATH"
    "; initdb --no-sync -U rempart --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null"
    "; exec postgres -c config_file=/run/secrets/postgresql.conf -c hba_file=/run/secrets/pg_hba.conf"
)
CONF = POSTGRES_CONF + "idle_in_transaction_session_timeout = 1s\n"
HOST_BASED = """
local all all trust
hostssl recyclic all 127.0.0.1/32 scram-sha-256 clientcert=verify-full
"""
KEPT = [
    {"name": "recent", "cron": "*/30 * * * *", "zone": "UTC", "copies": 48, "days": 2},
    {"name": "daily", "cron": "0 2 * * *", "zone": "UTC", "copies": 7, "days": 7},
]
FILES = "sslmode=verify-full&sslrootcert=/run/secrets/root.pem&sslcert=/run/secrets/client.pem"
URL = f"postgresql://backup_g1@postgres:5432/recyclic?{FILES}&sslkey=/run/secrets/client.pem.key"


class Stage:
    """Containers `<name>-postgres` and `<name>-backup`; the backups are in memory, `room` large."""

    def __init__(self, folder: Path, room: str = "400m", network: str = "none") -> None:
        self.name, self.folder, self.room = f"backup-test-{secrets.token_hex(3)}", folder, room
        lock = json.loads((ROOT / "images.lock.json").read_text())
        self.images = {image: entry["reference"] for image, entry in lock.items()}
        self.password, self.key = secrets.token_hex(16), secrets.token_bytes(32)
        self.root, callers = Authority("root"), Authority("callers of postgres")
        self._write("postgres", "server.pem", *self.root.server("postgres"))
        self._write("postgres", "callers.pem", callers.pem)
        self._write("postgres", "postgresql.conf", CONF.encode())
        self._write("postgres", "pg_hba.conf", HOST_BASED.encode())
        self._write("backup", "root.pem", self.root.pem)
        self._write("backup", "client.pem", *callers.client("backup_g1"))
        self._write("backup", "password", self.password.encode())
        self._write("backup", "key", base64.b64encode(self.key))
        self._own(OWNER)
        hosts = ["--network", network, "--add-host", "postgres:127.0.0.1", "-v", "/var/lib/postgresql/data"]
        self._run("postgres", "postgres", ["-c", START], [*hosts, "--entrypoint", "bash"])
        eventually(lambda: self.sql("SELECT 1", "postgres").returncode == 0)
        self.must("CREATE DATABASE recyclic", "postgres")
        self.must(
            "CREATE ROLE app NOLOGIN; CREATE ROLE backup NOLOGIN; GRANT pg_read_all_data TO backup;"
            f"CREATE ROLE backup_g1 LOGIN PASSWORD '{self.password}'; GRANT backup TO backup_g1"
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody outside of the backup may read."""
        return self.password, base64.b64encode(self.key).decode(), self.key.hex()

    def start(self, *command: str, env: Mapping[str, str] | None = None, options: Sequence[str] = ()) -> None:
        """The backup program's container: the service, or whatever else."""
        given = {
            "PORT": "18020", "BACKUP_OF": "postgres", "POSTGRES_URL": URL, "BACKUP_FOLDER": "/backups",
            "POSTGRES_PASSWORD_FILE": "/run/secrets/password", "BACKUP_KEY_FILE": "/run/secrets/key",
            "BACKUP_KEPT": json.dumps(KEPT), **(env or {}),
        }  # fmt: skip
        memory = f"/backups:size={self.room},uid={OWNER},gid={OWNER},mode=0700"
        base = ["--network", f"container:{self.name}-postgres", "--read-only", "--cap-drop", "ALL", "--init"]
        base += ["--tmpfs", memory, "--tmpfs", "/tmp:size=64m,mode=1777", *options]
        base += [word for item in given.items() for word in ("-e", "=".join(item))]
        self._run("backup", "backup", list(command), base)

    def backup(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """``python -m backup`` in its container."""
        return self.inside("backup", "python3", "-m", "backup", *command)

    def backed_up(self, kept: str = "recent", env: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A backup that has to succeed: what the program says of it."""
        given = [word for item in (env or {}).items() for word in ("-e", "=".join(item))]
        done = self.inside("backup", "python3", "-m", "backup", "now", "--kept", kept, options=given)
        assert done.returncode == 0, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def refused(self, *command: str) -> str:
        """The one line that a command ends with, having failed."""
        done = self.backup(*command)
        assert done.returncode == 1, done.stdout
        line = next(line for line in done.stderr.splitlines() if line.startswith("backup: "))
        assert "Traceback" not in done.stderr
        assert self.password not in done.stderr
        return line.removeprefix("backup: ")

    def status(self) -> dict[str, Any]:
        """The metrics."""
        said: dict[str, Any] = json.loads(self.backup("status").stdout)
        return said

    def files(self) -> list[str]:
        """The names of the backups."""
        return [line.split("\t")[0] for line in self.backup("list").stdout.splitlines()]

    def python(self, script: str) -> str:
        """What a script prints beside the backup program."""
        done = self.inside("backup", "python3", "-c", script)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sql(self, script: str, database: str = "recyclic") -> "subprocess.CompletedProcess[str]":
        """Run SQL as the superuser, by the unix socket."""
        command = ["psql", "-h", "/tmp", "-U", "rempart", "-d", database, "-v", "ON_ERROR_STOP=1", "-qAt", "-c", script]
        return self.inside("postgres", *command)

    def must(self, script: str, database: str = "recyclic") -> str:
        """What SQL that has to succeed finds."""
        done = self.sql(script, database)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def restore(self, *command: str) -> "subprocess.CompletedProcess[bytes]":
        """The dump that a command writes, restored into the database as the operator's script does."""
        shell = (
            f"set -o pipefail; docker exec {self.name}-backup python3 -m backup open {' '.join(command)} | "
            f"docker exec -i {self.name}-postgres pg_restore -h /tmp -U rempart -d recyclic "
            "--clean --if-exists --single-transaction --exit-on-error"
        )
        return subprocess.run(["bash", "-c", shell], capture_output=True, check=False)

    def inside(self, container: str, *command: str, options: Sequence[str] = ()) -> "subprocess.CompletedProcess[str]":
        """A command in a container."""
        full = ["docker", "exec", "-i", *options, f"{self.name}-{container}", *command]
        return subprocess.run(full, capture_output=True, text=True, check=False)

    def close(self) -> None:
        """Remove the containers, and give the folder back."""
        for container in ("backup", "postgres"):
            subprocess.run(["docker", "rm", "-fv", f"{self.name}-{container}"], capture_output=True, check=False)
        self._own(os.getuid())

    def remove(self, container: str) -> None:
        """Remove one container."""
        subprocess.run(["docker", "rm", "-fv", f"{self.name}-{container}"], capture_output=True, check=True)

    def _run(self, container: str, image: str, command: list[str], options: list[str]) -> None:
        secrets_ = f"{self.folder}/{container}:/run/secrets:ro"
        base = ["docker", "run", "-d", "--name", f"{self.name}-{container}", "-v", secrets_, *options]
        subprocess.run([*base, self.images[image], *command], capture_output=True, check=True)

    def _write(self, service: str, name: str, content: bytes, key: bytes | None = None) -> None:
        given_to(self.folder / service, {name: content} | ({f"{name}.key": key} if key is not None else {}))

    def _own(self, user: int) -> None:
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, user, user)


def given_to(folder: Path, files: Mapping[str, bytes]) -> None:
    """These files in the folder of a container, which alone reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o400)
        os.chown(folder / name, OWNER, OWNER)
    os.chown(folder, OWNER, OWNER)


def eventually(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """What `condition` returns once it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")
