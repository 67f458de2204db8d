"""The lanes of the live tests: every test is in one, and none in two."""

import re
from pathlib import Path

from scripts.lanes import lanes

ROOT = Path(__file__).parents[2]


def lives(path: str) -> set[Path]:
    """The files below `path` that hold live tests."""
    found = [ROOT / path] if path.endswith(".py") else (ROOT / path).rglob("test_*.py")
    return {file for file in found if re.search(r"mark\.live\b", file.read_text())}


def test_every_live_test_is_in_exactly_one_lane() -> None:
    platforms, parts = ({file for path in paths for file in lives(path)} for paths in lanes().values())
    assert platforms
    assert not platforms & parts
    assert platforms | parts == lives("tests")


def test_the_longest_platform_has_a_lane_without_parts() -> None:
    assert "tests/live/test_assistant.py" in lanes()["platforms"]
