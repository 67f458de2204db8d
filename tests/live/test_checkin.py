"""Check-in on a real engine, as its stack file has it: without MongoDB."""

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
        checkout.prove("checkin", *CHECKS)
    finally:
        checkout.must("destroy", "--yes", "--stack", "checkin")
    assert left_over("checkin-") == []
