"""The rooms of the live tests: every test is in one, and none in two; what is long begins first."""

import re
from collections import Counter
from pathlib import Path

from scripts.lanes import LANES, LONG, STACK, rooms, take

ROOT = Path(__file__).parents[2]


def lives(path: str) -> set[Path]:
    """The files below `path` that hold live tests."""
    found = [ROOT / path] if path.endswith(".py") else (ROOT / path).rglob("test_*.py")
    return {file for file in found if re.search(r"mark\.live\b", file.read_text())}


def test_every_live_test_is_in_exactly_one_room() -> None:
    held = Counter(file for paths in rooms().values() for path in paths for file in lives(path))
    assert set(held) == lives("tests")
    assert set(held.values()) == {1}


def test_what_is_long_begins_first() -> None:
    assert tuple(rooms())[: len(LONG)] == LONG
    assert LONG[0] == "live/test_assistant.py"
    assert len(LONG) > len(LANES)


def test_one_lane_begins_with_stacks_the_other_with_the_rest_and_every_room_has_its_turn() -> None:
    waiting = dict(rooms())
    names = set(waiting)
    begun = [room for stacks in LANES if (room := take(waiting, stacks))]
    assert [name.startswith(STACK) for name, _ in begun] == [True, False]
    left = [take(waiting, stacks=bool(number % 2)) for number in range(len(waiting))]
    assert {room[0] for room in filter(None, [*begun, *left])} == names
    assert take(waiting, stacks=True) is None
