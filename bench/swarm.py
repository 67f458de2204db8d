"""`docker stack deploy`, measured until everything runs, and removed without a trace."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docker import APIClient
from docker.errors import APIError

from bench.compose import Compose
from bench.process import MeasureError, run

STACK = "rempart-bench"
LABEL = f"com.docker.stack.namespace={STACK}"
PAUSE = 0.3
"""Seconds between two looks: as often as the embedded engine looks."""
LIMIT = 600.0
MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder of our own is made in it, readable by its user alone
"""Where files are never written to a disk."""


def deploy(docker: APIClient, composed: Compose) -> float:
    """Seconds from the call to the moment at which every task runs, healthy where it has a check."""
    with tempfile.TemporaryDirectory(
        prefix="rempart-bench-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None
    ) as name:
        folder = Path(name)
        for file, content in {**composed.files, "compose.json": json.dumps(composed.document).encode()}.items():
            (folder / file).touch(mode=0o600)
            (folder / file).write_bytes(content)
        began = time.monotonic()
        run(["docker", "stack", "deploy", "--compose-file", "compose.json", STACK], folder)
    _until(lambda: not waiting(docker), lambda: f"do not run: {', '.join(waiting(docker))}")
    return time.monotonic() - began


def waiting(docker: Any) -> list[str]:
    """The services of the stack that have not all their tasks running; a task with a health check runs when healthy."""
    running: dict[str, int] = {}
    for task in docker.tasks(filters={"label": LABEL, "desired-state": "running"}):
        if task["Status"]["State"] == "running":
            running[task["ServiceID"]] = running.get(task["ServiceID"], 0) + 1
    return sorted(
        service["Spec"]["Name"]
        for service in docker.services(filters={"label": LABEL})
        if running.get(service["ID"], 0) != service["Spec"]["Mode"]["Replicated"]["Replicas"]
    )


def remove(docker: Any) -> None:
    """The stack with its networks and volumes; returns when nothing of it is left.

    The services go first: `docker stack rm` takes the networks from under containers that still end, and the engine of
    Debian 12 then now and again keeps a network that can no longer be removed.
    """
    for service in docker.services(filters={"label": LABEL}):
        docker.remove_service(service["ID"])
    _until(lambda: not _containers(docker), lambda: f"containers are left: {len(_containers(docker))}")
    subprocess.run(["docker", "stack", "rm", STACK], capture_output=True, check=False)
    for volume in docker.volumes(filters={"label": LABEL})["Volumes"] or ():
        docker.remove_volume(volume["Name"])
    _until(lambda: not _networks_left(docker), lambda: "networks are left")


def _containers(docker: APIClient) -> list[str]:
    return [each["Id"] for each in docker.containers(all=True, filters={"label": LABEL})]


def _networks_left(docker: APIClient) -> bool:
    left = docker.networks(filters={"label": LABEL})
    for network in left:
        try:
            docker.remove_network(network["Id"])
        except APIError as error:
            if not error.is_client_error():
                raise
    return bool(left)


def _until(done: Callable[[], bool], trouble: Callable[[], str]) -> None:
    end = time.monotonic() + LIMIT
    while not done():
        if time.monotonic() > end:
            raise MeasureError(f"docker stack {STACK}: after {LIMIT:.0f} s {trouble()}")
        time.sleep(PAUSE)
