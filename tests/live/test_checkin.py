"""Check-in on a real engine, as its stack file has it: without MongoDB."""

import subprocess
from pathlib import Path

import pytest

from tests.live.checkout import Checkout
from tests.live.engine import left_over

pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]

CHECKS = ("convergence", "matrix", "credentials", "gateway", "outside", "transaction", "outage")


def test_check_in_is_deployed_verified_and_removed(tmp_path: Path) -> None:
    checkout = Checkout.at(tmp_path)
    try:
        said = checkout.must("up", "--yes", "--stack", "checkin")
        assert "Swarm does not scale, so 3 run" in said
        assert set(checkout.preview("checkin")["changeSummary"]) == {"same"}
        command = [".venv/bin/python", "-m", "verify", "--stack", "checkin", *CHECKS]
        done = subprocess.run(
            command, cwd=tmp_path, env=checkout.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    finally:
        checkout.must("destroy", "--yes", "--stack", "checkin")
    assert left_over("checkin-") == []
