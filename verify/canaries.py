"""Values planted on purpose, one in each place, on a throw-away stack of one task: a scan that misses one is blind."""

# mypy: allow-untyped-calls

import base64
import io
import json
import secrets
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from docker.errors import APIError
from docker.types import ContainerSpec, EndpointSpec, ServiceMode, TaskTemplate

from verify.opened import backend
from verify.places import CONFIGS, INSPECT, LAYERS, LOGS, OUTPUT, PROCESSES, SERVICES, STATE
from verify.running import Target

SECONDS = 120
IMAGE = "rempart-canary"


@contextmanager
def planted(target: Target) -> Iterator[tuple[Target, dict[str, str]]]:
    """A stack on the target's engine, and the value that each place of it holds; all of it is gone afterwards."""
    everywhere = (INSPECT, SERVICES, CONFIGS, PROCESSES, LOGS, OUTPUT, STATE, LAYERS)
    values = {place: f"Canary-{secrets.token_urlsafe(18)}?&" for place in everywhere}
    with tempfile.TemporaryDirectory() as folder:
        stack = replace(target, stack=f"canary-{secrets.token_hex(4)}", root=Path(folder))
        try:
            _write_files(target, stack, values)
            _make_image(stack, values[LAYERS])
            _run(target, stack, values)
            yield stack, values
        finally:
            _remove(stack)


def _write_files(target: Target, stack: Target, values: dict[str, str]) -> None:
    (stack.root / "Pulumi.yaml").write_bytes((target.root / "Pulumi.yaml").read_bytes())
    own = stack.root / ".rempart" / stack.stack
    own.mkdir(parents=True)
    (own / "up.log").write_text(f"error: {values[OUTPUT]}\n")
    history = _history(stack)
    history.mkdir(parents=True)
    (history / "one.checkpoint.json").write_text(json.dumps({"plain": _base64(f"x{values[STATE]}")}))


def _history(stack: Target) -> Path:
    """A folder of its own in the backend that the stack's state is searched in."""
    return backend(stack) / ".pulumi" / "history" / stack.stack


def _make_image(stack: Target, value: str) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        member = tarfile.TarInfo("etc/forgotten.conf")
        member.size = len(value.encode().hex())
        tar.addfile(member, io.BytesIO(value.encode().hex().encode()))
    stack.engine.import_image_from_data(archive.getvalue(), repository=IMAGE, tag=stack.stack)


def _run(target: Target, stack: Target, values: dict[str, str]) -> None:
    labels = dict(label.split("=", 1) for label in stack.labels) | {"rempart.service": "canary"}
    image = target.engine.inspect_image(target.tasks[0].image)["RepoTags"][0]
    logged = f"echo {_base64(values[LOGS])} | base64 -d; echo; exec sleep 3600"
    stack.engine.create_config(f"{stack.stack}-config", values[CONFIGS].encode(), labels=labels)
    arguments = ["bash", "-c", logged, f"--key={quote(values[PROCESSES], safe='')}"]
    container = ContainerSpec(image, command=arguments, env=[f"TOKEN={values[INSPECT]}"], labels=labels, init=True)
    service = stack.engine.create_service(
        TaskTemplate(container, networks=[_network(stack, labels)]),
        name=stack.stack,
        labels={**labels, "note": values[SERVICES]},
        endpoint_spec=EndpointSpec(mode="dnsrr"),
    )
    stack.engine.create_service(
        TaskTemplate(ContainerSpec(f"{IMAGE}:{stack.stack}", command=["none"])),
        name=f"{stack.stack}-idle",
        labels=labels,
        mode=ServiceMode("replicated", replicas=0),
    )
    _wait(stack)
    _forget_the_note(stack, service["ID"], labels)


def _forget_the_note(stack: Target, service: str, labels: dict[str, str]) -> None:
    """It is left in the previous specification alone. The task's own is the same, so that it goes on."""
    now = stack.engine.inspect_service(service)
    spec, version = now["Spec"], now["Version"]["Index"]
    stack.engine.update_service(
        service, version, task_template=spec["TaskTemplate"], name=spec["Name"], labels=labels, mode=spec["Mode"],
        endpoint_spec=spec["EndpointSpec"],
    )  # fmt: skip


def _network(stack: Target, labels: dict[str, str]) -> str:
    name = f"{stack.stack}-network"
    stack.engine.create_network(name, driver="overlay", internal=True, labels=labels)
    return name


def _wait(stack: Target) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        running = stack.engine.containers(filters={"label": stack.labels, "status": "running"})
        if running and stack.engine.logs(running[0]["Id"]):
            return
        time.sleep(0.3)
    raise TimeoutError("the canary's task did not start")


def _remove(stack: Target) -> None:
    shutil.rmtree(_history(stack), ignore_errors=True)
    engine, mine = stack.engine, {"label": stack.labels}
    for service in engine.services(filters=mine):
        engine.remove_service(service["ID"])
    deadline = time.monotonic() + SECONDS
    while engine.containers(filters=mine, all=True) and time.monotonic() < deadline:
        time.sleep(0.3)
    with suppress(APIError):
        engine.remove_image(f"{IMAGE}:{stack.stack}", force=True)
    for config in engine.configs(filters=mine):
        engine.remove_config(config["ID"])
    for network in engine.networks(filters=mine):
        engine.remove_network(network["Id"])


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
