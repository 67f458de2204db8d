"""What every test shares: how much of the machine it may take, and which tests run in one process."""

import gc
import os
import sys

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

SHARING = ("tests/policies/", "tests/report/")
"""Rooms whose tests share what is long to make: they run in one process, where others run side by side."""
FEW = 10
"""Rounds of the key derivation: the real number is tested on its own."""
CHEAPEST = 4
"""The least that bcrypt takes, of which each one more takes twice as long."""

gc.disable()  # until all tests are collected: what is imported stays

# A property is judged by its examples, not by how busy the machine is.
settings.register_profile("rempart", deadline=None)
settings.load_profile("rempart")

# Many processes import the same files: what one has compiled, no other has to. Git ignores it.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The same commands with and without the CLI on PATH: what tests the CLI asks for it.
os.environ["REMPART_ENGINE"] = "embedded"


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are derived and passwords hashed in no time."""
    monkeypatch.setattr("engine.crypto.ITERATIONS", FEW)
    monkeypatch.setattr("engine.bcrypt.COST", CHEAPEST)


@pytest.fixture
def quick(quick_keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's phases and policy packs start from a warm process, and keys are derived in no time."""
    from tests.engine.forked import start_warm  # noqa: PLC0415 - what deals out the tests needs no engine

    start_warm(monkeypatch)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that want the machine for themselves run when asked for by their mark alone."""
    if "alone" not in config.option.markexpr:
        alone = [item for item in items if item.get_closest_marker("alone")]
        items[:] = [item for item in items if item not in alone]
        config.hook.pytest_deselected(items=alone)


def pytest_collection_finish() -> None:
    """What was imported stays until the end: the collector need not look at it again and again, nor a fork copy it."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Deals out tests one by one, but the rooms that share as a whole."""
    return _Rooms(config, log)


class _Rooms(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        return next((room for room in SHARING if nodeid.startswith(room)), nodeid)
