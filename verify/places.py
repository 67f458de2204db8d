"""Where a secret must not be: each place as a stream of everything that can be read there."""

# mypy: allow-untyped-calls

import base64
import json
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from docker.errors import NotFound

from verify import layers
from verify.opened import ClosedError, backend
from verify.running import Target

INSPECT = "docker inspect of every object"
SERVICES = "service specifications, with previous versions"
CONFIGS = "configs"
PROCESSES = "environment and command lines"
LOGS = "container logs"
OUTPUT = "engine output, policy messages, stack outputs"
STATE = "state with its history and backups"
LAYERS = "image layers and history"

Stream = Callable[[], Iterator[bytes]]
CHUNK = 1 << 20
COMMANDS = (["stack", "output", "--json"], ["preview", "--diff"])
"""Which tell the stack's outputs, what the engine shows of every change, and what the policies say."""
OWN_FILES = ("passphrase", "verify.json", layers.CLEAN)
"""Files that are no output: the passphrase is where it belongs, the others are of these checks."""


def places(target: Target) -> Mapping[str, Stream]:
    """The places of a stack, by name. Images are another matter: see `layers`."""
    return {
        INSPECT: lambda: _inspected(target),
        SERVICES: lambda: _services(target),
        CONFIGS: lambda: _configs(target),
        PROCESSES: lambda: _processes(target),
        LOGS: lambda: _logs(target),
        OUTPUT: lambda: _outputs(target),
        STATE: lambda: _files(_states(target)),
    }


def _inspected(target: Target) -> Iterator[bytes]:
    engine = target.engine
    for container in engine.containers(all=True):
        yield from _json(engine.inspect_container, container["Id"])
    for image in engine.images():
        yield from _json(engine.inspect_image, image["Id"])
        yield from _json(engine.history, image["Id"])
    for network in engine.networks():
        yield from _json(engine.inspect_network, network["Id"])
    for volume in engine.volumes()["Volumes"] or ():
        yield from _json(engine.inspect_volume, volume["Name"])
    for node in engine.nodes():
        yield from _json(engine.inspect_node, node["ID"])
    for task in engine.tasks():
        yield from _json(engine.inspect_task, task["ID"])
    for secret in engine.secrets():
        yield from _json(engine.inspect_secret, secret["ID"])
    yield json.dumps([engine.info(), engine.version()]).encode()


def _services(target: Target) -> Iterator[bytes]:
    for service in target.engine.services():
        yield from _json(target.engine.inspect_service, service["ID"])


def _configs(target: Target) -> Iterator[bytes]:
    for config in target.engine.configs():
        yield json.dumps(config).encode() + b"\n"
        yield base64.b64decode(config["Spec"].get("Data", "")) + b"\n"


def _json(ask: Callable[[str], Any], name: str) -> Iterator[bytes]:
    try:
        yield json.dumps(ask(name), ensure_ascii=False).encode() + b"\n"
    except NotFound:
        return  # gone since it was listed


def _processes(target: Target) -> Iterator[bytes]:
    spaces = {_space(task.pid) for task in target.tasks}
    for process in Path("/proc").glob("[0-9]*"):
        if _space(int(process.name)) in spaces:
            for what in ("environ", "cmdline"):
                try:
                    yield (process / what).read_bytes() + b"\n"
                except OSError:
                    continue  # it ended meanwhile


def _space(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    except OSError:
        return f"none of process {pid}"


def _logs(target: Target) -> Iterator[bytes]:
    for container in target.engine.containers(filters={"label": target.labels}, all=True):
        try:
            yield from target.engine.logs(container["Id"], stream=True, follow=False)
        except NotFound:
            continue


def _outputs(target: Target) -> Iterator[bytes]:
    """What runs left in the checkout, and what anybody who may read the stack is told."""
    folder = target.root / ".rempart"
    yield from _files(
        path for path in folder.rglob("*") if path.name not in OWN_FILES and folder / "state" not in path.parents
    )
    for command in COMMANDS if (target.root / "pulumiw").exists() else ():
        words = ["./pulumiw", *command, "--stack", target.stack]
        told = subprocess.run(words, cwd=target.root, capture_output=True, timeout=300, check=False)
        yield told.stdout + told.stderr


def _states(target: Target) -> Iterable[Path]:
    try:
        return (backend(target) / ".pulumi").rglob("*")
    except ClosedError:
        return ()


def _files(paths: Iterable[Path]) -> Iterator[bytes]:
    for path in sorted(path for path in paths if path.is_file()):
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
        yield b"\n"
