"""Production's replicas, policies and given certificate, on one node."""

import ssl
import urllib.request

import pytest

from tests.live.checkout import Checkout
from tests.live.conftest import HTTPS
from tests.live.engine import services

pytestmark = [pytest.mark.live, pytest.mark.timeout(1200)]


def test_production_deploys_with_its_replicas(production: Checkout) -> None:
    production.must("up", "--yes", "--stack", "live-prod")
    replicas = {name: it["Spec"]["Mode"]["Replicated"]["Replicas"] for name, it in services("live-prod").items()}
    assert {name: replicas[name] for name in ("api", "agent", "oauth-manager", "worker")} == {
        "api": 2, "agent": 2, "oauth-manager": 2, "worker": 3,
    }  # fmt: skip
    outputs = production.outputs("live-prod")
    assert outputs["url"] == f"https://assistant.example:{HTTPS + 1}"
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(f"https://localhost:{HTTPS + 1}/health", context=trusting, timeout=10) as answer:
        assert answer.read() == b"healthy\n"
