"""Recyclic on a real engine, as its stack file has it."""

from pathlib import Path

import pytest

from tests.live.checkout import Checkout
from tests.live.engine import left_over

pytestmark = [pytest.mark.live, pytest.mark.timeout(1200)]

CHECKS = ("convergence", "matrix", "credentials", "libraries", "gateway", "transaction", "backups")


def test_recyclic_is_deployed_verified_and_removed(tmp_path: Path) -> None:
    checkout = Checkout.at(tmp_path)
    try:
        checkout.must("up", "--yes", "--stack", "recyclic")
        assert set(checkout.preview("recyclic")["changeSummary"]) == {"same"}
        checkout.prove("recyclic", *CHECKS)
    finally:
        checkout.must("destroy", "--yes", "--stack", "recyclic")
    assert left_over("recyclic-") == []
