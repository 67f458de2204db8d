"""What the engine's tests share."""

import pytest

from engine import api, crypto, policy
from tests.engine.forked import ForkedPack, ForkedPhase

FEW = 10  # rounds of the key derivation: the real number is tested on its own


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Phases and policy packs start from a warm process, and keys are derived in no time."""
    monkeypatch.setattr(api, "Phase", ForkedPhase)
    monkeypatch.setattr(policy, "_start", ForkedPack)
    monkeypatch.setattr(crypto, "ITERATIONS", FEW)
