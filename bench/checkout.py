"""A copy of the project with a stack like dev, apart from whatever else runs on the engine."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docker import APIClient
from docker.errors import DockerException

from bench.options import ROOT
from bench.process import MeasureError, run
from tests.live.checkout import Checkout

STACK = "bench"
PORTS = {"http": 28080, "https": 28443}
POOL = "10.32.0.0/11"


@contextmanager
def checkout() -> Iterator[Checkout]:
    """The copy, with the stack `bench` not yet deployed. A MeasureError when the images were never built."""
    if not (ROOT / "images.lock.json").exists():
        raise MeasureError("the images are not built: run `make images`")
    with tempfile.TemporaryDirectory(prefix="rempart-bench-") as folder:
        copy = Checkout.at(Path(folder))
        copy.stack(STACK, like="dev", ports=PORTS, subnets={"pool": POOL})
        yield copy


def built(*images: str) -> None:
    """Builds these images, or all of them: `make up` builds for its stack alone. A MeasureError where that fails."""
    run((sys.executable, "-m", "images", "build", *images), ROOT)


def engine() -> APIClient:
    """The Docker engine. A MeasureError where none answers, or where it is no manager of a swarm."""
    try:
        client = APIClient(base_url=os.environ.get("DOCKER_HOST"), timeout=120)
        swarm = client.info()["Swarm"]
    except DockerException:
        raise MeasureError("no Docker engine answers") from None
    if not swarm.get("ControlAvailable"):
        raise MeasureError("the Docker engine is no manager of a swarm")
    return client
