"""The assistant, deployed for the live tests beside whatever else runs on the engine."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.checkout import Checkout, thrown_away
from tests.live.engine import docker

HTTP, HTTPS = 18080, 18443


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Stack `live`: as dev, on its own ports and pool."""
    checkout = Checkout.at(tmp_path_factory.mktemp("assistant"))
    ports, subnets = {"http": HTTP, "https": HTTPS}, {"pool": "10.128.0.0/10"}
    checkout.stack("live", like="dev", ports=ports, subnets=subnets)
    try:
        checkout.must("up", "--yes", "--stack", "live")
        yield checkout
    finally:
        checkout.must("destroy", "--yes", "--stack", "live")


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Checkout]:
    """Stack `live-prod`: as prod with its replicas and policies, and secrets that are thrown away."""
    checkout = Checkout.at(tmp_path)
    checkout.stack("live-prod", like="prod", ports={"http": HTTP + 1, "https": HTTPS + 1})
    checkout.secrets("live-prod", thrown_away())
    yield checkout
    held = json.loads(checkout.must("stack", "export", "--stack", "live-prod"))["deployment"]["resources"]
    volumes = {each["outputs"]["name"] for each in held if each["type"] == "docker:index/volume:Volume"}
    checkout.must("destroy", "--yes", "--stack", "live-prod")
    if outlived := volumes & set(docker("volume", "ls", "-q").split()):
        docker("volume", "rm", *outlived)
