"""A stage: the application's roles, PostgreSQL and Redis in containers that share one loopback and nothing else."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.apps.furnishing import PORTS, SERVERS, Furnishing

ROOT = Path(__file__).parents[2]
START_POSTGRES = (
    "PATH=/usr/lib/postgresql/15/bin:$PATH"
    "; test -s $PGDATA/PG_VERSION || initdb --no-sync -U rempart --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null"
    "; exec postgres -c config_file=/run/secrets/postgresql.conf -c hba_file=/run/secrets/pg_hba.conf"
)
OWNER = 10001


@dataclass(frozen=True)
class Answer:
    """What a service answered to the gateway."""

    status: int
    body: str
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Stage:
    """Containers named `<name>-<service>`; `folder` holds their secrets."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.furnishing = Furnishing(folder)
        self.images = {image: built["reference"] for image, built in _lock().items()}
        hosts = [option for server in SERVERS for option in ("--add-host", f"{server}:127.0.0.1")]
        self._own(OWNER)
        self._run("gateway", "app", ["infinity"], ["--network", "none", *hosts, "--entrypoint", "sleep"])

    def start_postgres(self) -> None:
        """PostgreSQL with the roles and the schema."""
        command = ["-c", START_POSTGRES]
        volume = ["-v", "/var/lib/postgresql/data"]
        self._run("postgres", "postgres", command, [*self._inside(), *volume, "--entrypoint", "bash"])
        eventually(lambda: self.psql("SELECT 1", database="postgres").returncode == 0)
        roles = (self.folder / "postgres" / "roles.sql").read_text()
        for database, script in (("postgres", "CREATE DATABASE assistant"), ("assistant", roles)):
            self.psql(script, database=database).check_returncode()
        for script in ("schema.sql", "demo.sql"):
            self.apply(script)

    def apply(self, script: str) -> None:
        """Run a script of the application as the superuser, as the keeper does."""
        self.psql((ROOT / "apps" / script).read_text()).check_returncode()

    def start_redis(self) -> None:
        """Redis with the users of the stage."""
        command = ["/run/secrets/redis.conf"]
        self._run("redis", "redis", command, [*self._inside(), "-v", "/data", "--entrypoint", "redis-server"])
        eventually(lambda: self.redis("PING") == "PONG")

    def start(self, role: str) -> None:
        """A role of the application behind its front."""
        variables = [option for item in self.furnishing.environment(role).items() for option in ("-e", "=".join(item))]
        front = f"{self.folder}/{role}/haproxy.cfg:/etc/front/haproxy.cfg:ro"
        command = ["python3", "-m", f"apps.{role.replace('-', '_')}"]
        self._run(role, "app", command, [*self._inside(), "-v", front, "-e", "DRAIN_SECONDS=0", *variables])

    def control(self, word: str, service: str) -> None:
        """Docker's stop, kill, start, pause or unpause."""
        self._docker(word, f"{self.name}-{service}")

    def replace_secret(self, service: str, name: str, content: str) -> None:
        """Give a service another secret; it reads it when it starts again."""
        self.control("stop", service)
        self._own(os.getuid())
        (path := self.folder / service / name).unlink()
        path.write_text(content)
        path.chmod(0o400)
        self._own(OWNER)
        self.control("start", service)

    def ask(
        self, service: str, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: str | None = None
    ) -> Answer:
        """One request by the gateway."""
        request = json.dumps([service, PORTS[service], method, path, dict(headers or {}), body])
        script = (Path(__file__).parent / "ask.py").read_text()
        return Answer(*json.loads(self.inside("gateway", ["python3", "-", request], script).stdout))

    def psql(
        self, script: str, *, role: str = "rempart", database: str = "assistant"
    ) -> "subprocess.CompletedProcess[str]":
        """Run SQL as a role, by the unix socket."""
        options = ["-h", "/tmp", "-U", role, "-d", database, "-v", "ON_ERROR_STOP=1", "-qAt"]
        return self.inside("postgres", ["psql", *options], script, check=False)

    def rows(self, script: str) -> list[str]:
        """What SQL finds for the superuser."""
        finished = self.psql(script)
        finished.check_returncode()
        return finished.stdout.splitlines()

    def redis(self, *command: str) -> str:
        """Run a Redis command with all rights, by the unix socket."""
        words = [
            "redis-cli",
            "-s",
            "/tmp/redis.sock",
            "--user",
            "tester",
            "--pass",
            "any",
            "--no-auth-warning",
            *command,
        ]
        return self.inside("redis", words, check=False).stdout.strip()

    def inside(
        self, service: str, command: list[str], script: str = "", *, check: bool = True
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command beside a service, with `script` as its input."""
        exec_ = ["docker", "exec", "-i", f"{self.name}-{service}", *command]
        return subprocess.run(exec_, input=script, capture_output=True, text=True, check=check)

    def logs(self, service: str) -> str:
        """What a service wrote."""
        shown = self._docker("logs", f"{self.name}-{service}")
        return shown.stdout + shown.stderr

    def close(self) -> None:
        """Remove the containers, and give the folder back."""
        named = self._docker("ps", "-aq", "--filter", f"name=^{self.name}-").stdout.split()
        self._docker("rm", "-fv", *named)
        self._own(os.getuid())

    def _inside(self) -> list[str]:
        return ["--network", f"container:{self.name}-gateway"]

    def _run(self, service: str, image: str, command: list[str], options: list[str]) -> None:
        mounts = [
            "-v",
            f"{self.folder}/{service}:/run/secrets:ro",
            "-v",
            f"{ROOT}/apps:/app/apps:ro",
            "--tmpfs",
            "/tmp",
        ]
        hardening = ["--init", "--read-only", "--cap-drop", "ALL", "--user", f"{OWNER}:{OWNER}"]
        name = ["--name", f"{self.name}-{service}"]
        self._docker("run", "-d", *name, *hardening, *mounts, *options, self.images[image], *command)

    def _own(self, owner: int) -> None:
        mount = ["-v", f"{self.folder}:/folder", "--user", "0:0", "--entrypoint", "chown"]
        self._docker("run", "--rm", *mount, self.images["base"], "-R", str(owner), "/folder")

    def _docker(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(["docker", *words], capture_output=True, text=True, check=True)


def eventually(holds: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until `holds`. Raises AssertionError after the time, which allows for a busy machine."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "did not come true in time"
        time.sleep(0.3)


def _lock() -> dict[str, Any]:
    lock: dict[str, Any] = json.loads((ROOT / "images.lock.json").read_text())
    return lock
