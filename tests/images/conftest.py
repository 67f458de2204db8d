"""The laboratory of the live tests."""

from collections.abc import Iterator

import pytest

from tests.images.lab import Lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    """An empty laboratory; it leaves nothing behind."""
    lab = Lab()
    yield lab
    lab.close()
