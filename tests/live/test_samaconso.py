"""SamaConso on a real engine, as its stack file has it."""

import json
from pathlib import Path

import pytest

from tests.live.checkout import Checkout
from tests.live.engine import docker, left_over, task

pytestmark = [pytest.mark.live, pytest.mark.timeout(1200)]

CHECKS = (
    "convergence", "matrix", "credentials", "libraries", "gateway", "limits", "firewall", "outside", "egress",
    "transaction", "backups",
)  # fmt: skip


def test_samaconso_is_deployed_verified_and_removed(tmp_path: Path) -> None:
    """What its customers do crosses it, its jobs find nothing wrong, and nothing stays."""
    checkout = Checkout.at(tmp_path)
    try:
        checkout.must("up", "--yes", "--stack", "samaconso")
        assert set(checkout.preview("samaconso")["changeSummary"]) == {"same"}
        checkout.prove("samaconso", *CHECKS)
        for job in ("daily", "weekly", "monthly", "health"):
            said = json.loads(
                docker("exec", task("samaconso", "jobs"), "sh", "-c", f"python3 -m apps.jobs {job} --json || true")
            )
            assert said["ok"], said["findings"]
    finally:
        checkout.must("destroy", "--yes", "--stack", "samaconso")
    assert left_over("samaconso-") == []
