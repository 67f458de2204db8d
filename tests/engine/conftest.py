"""What the engine's tests share."""

import pytest

from engine import api, crypto
from tests.engine.forked import ForkedPhase

FEW = 10  # rounds of the key derivation: the real number is tested on its own


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Phases start from a warm process, and keys are derived in no time."""
    monkeypatch.setattr(api, "Phase", ForkedPhase)
    monkeypatch.setattr(crypto, "ITERATIONS", FEW)
