"""The rooms of the live tests: every test is in one, and none in two; what is long begins first."""

import re
from collections import Counter
from collections.abc import Sequence
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


def test_at_most_two_stacks_are_deployed_at_a_time_and_every_room_has_its_turn() -> None:
    waiting = dict(rooms())
    names = set(waiting)
    begun = [take(waiting, stacks) for stacks in LANES]
    first = [name for name, _ in filter(None, begun)]
    assert [name.startswith(STACK) for name in first] == [True, True, False]
    assert all(not name.startswith(STACK) for name in taken(dict(waiting), stacks=False))
    assert {*first, *taken(waiting, stacks=True)} == names


def taken(waiting: dict[str, Sequence[str]], stacks: bool) -> list[str]:
    """What one lane takes, until there is nothing for it."""
    found = []
    while room := take(waiting, stacks):
        found.append(room[0])
    return found
