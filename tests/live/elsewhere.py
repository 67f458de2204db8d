"""Another machine: a fresh clone of the repository, and an empty PostgreSQL that knows nothing of any platform."""

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from images import lock
from tests.live.checkout import ROOT
from tests.live.engine import docker

START = (
    "PATH=/usr/lib/postgresql/15/bin:$PATH; cd /tmp; printf %s \"$WORD\" > word; mkdir sockets"
    "; initdb --no-sync -D data -U owner --auth=scram-sha-256 --pwfile=word -E UTF8 --locale=C.UTF-8 > /dev/null"
    "; echo 'host all all all scram-sha-256' >> data/pg_hba.conf"
    "; exec postgres -D data -c listen_addresses='*' -c unix_socket_directories=/tmp/sockets"
)  # fmt: skip


@dataclass(frozen=True)
class Elsewhere:
    """`folder` holds a clone, in which Python's packages and the image `backup` are there and nothing else."""

    folder: Path
    container: str
    port: int

    @property
    def address(self) -> str:
        """Of the empty database, as libpq writes it; the password is in the file of PGPASSFILE."""
        return f"postgresql://owner@127.0.0.1:{self.port}/postgres"

    def restore(self, file: Path, key: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """The command for a machine where nothing runs."""
        command = [".venv/bin/python", "-m", "scripts.restore", str(file), "--key", str(key), *words]
        environment = {**os.environ, "PGPASSFILE": str(self.folder.parent / "words")}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=600, check=False
        )

    def ask(self, query: str) -> str:
        """What the database answers its owner."""
        command = ["psql", "-h", "/tmp/sockets", "-U", "owner", "-d", "postgres", "-Atc", query]
        return docker("exec", "-e", "PGPASSFILE=/tmp/words", self.container, *command).strip()


@contextmanager
def elsewhere(folder: Path) -> Iterator[Elsewhere]:
    """Such a machine, as long as the block runs."""
    clone, word = folder / "clone", secrets.token_hex(16)
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    (clone / ".venv").symlink_to(ROOT / ".venv")
    subprocess.run([".venv/bin/python", "-m", "images", "build", "backup"], cwd=clone, capture_output=True, check=True)
    words = folder / "words"
    words.touch(mode=0o600)
    words.write_text(f"*:*:*:*:{word}\n")
    name, image = f"elsewhere-{secrets.token_hex(3)}", lock.read()["postgres"].reference
    options = ["--publish", "127.0.0.1::5432", "--env", f"WORD={word}", "--entrypoint", "bash"]
    docker("run", "--detach", "--name", name, *options, image, "-c", START)
    try:
        port = int(docker("port", name, "5432").split()[0].rpartition(":")[2])
        docker("exec", name, "bash", "-c", 'umask 077; echo "*:*:*:*:$WORD" > /tmp/words')
        machine = Elsewhere(clone, name, port)
        _until_it_answers(machine)
        yield machine
    finally:
        docker("rm", "--force", "--volumes", name)


def _until_it_answers(machine: Elsewhere) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            machine.ask("SELECT 1")
            return
        except subprocess.CalledProcessError:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)
