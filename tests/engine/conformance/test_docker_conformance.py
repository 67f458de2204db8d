"""The same comparison on a real swarm: services, networks, secrets, configs and volumes."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import docker
import docker.errors
import pytest

from engine import api
from tests.engine.conformance.run import Case
from tests.engine.conformance.test_conformance import NAMES, compare

IMAGE = "local/debian:12"
SOURCES = ("rempart/base:latest", "debian:12")  # any image with bash will do

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def image() -> Iterator[None]:
    """The image that the recorded programs name: a tag of one with bash, taken off again."""
    client = docker.from_env()
    if _has(client, IMAGE):
        yield
        return
    source = next((name for name in SOURCES if _has(client, name)), None)
    if source is None:
        bases = [tag for each in client.images.list(name="rempart/base") for tag in each.tags]
        assert bases, f"none of {SOURCES}: make the images first"
        source = bases[0]
    subprocess.run(["docker", "tag", source, IMAGE], check=True)
    yield
    subprocess.run(["docker", "rmi", IMAGE], check=True, stdout=subprocess.DEVNULL)


def _has(client: docker.DockerClient, name: str) -> bool:
    try:
        client.images.get(name)
    except docker.errors.ImageNotFound:
        return False
    return True


@pytest.mark.usefixtures("image", "quick")
@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("docker-")])
def test_the_engine_does_what_pulumi_does_on_a_swarm(name: str, tmp_path: Path) -> None:
    case = Case(name, tmp_path)
    try:
        compare(case)
    finally:
        api.destroy(case.stack)
