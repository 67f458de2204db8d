"""What every test shares: how much of the machine it may take, and which tests run in one process."""

from pathlib import Path

import pytest
from hypothesis import settings

SHARING = {"policies", "report"}
"""Rooms whose tests share what is long to make: they run in one process, where others run side by side."""

# A property is judged by its examples, not by how busy the machine is.
settings.register_profile("rempart", deadline=None)
settings.load_profile("rempart")


def pytest_itemcollected(item: pytest.Item) -> None:
    room = item.path.relative_to(Path(__file__).parent).parts[0]
    if room in SHARING:
        item.add_marker(pytest.mark.xdist_group(room))
