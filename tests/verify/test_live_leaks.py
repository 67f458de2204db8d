"""A secret in each of the places where it must not be is found there, and what was planted is gone afterwards."""

# mypy: allow-untyped-decorators

from collections.abc import Iterator
from pathlib import Path

import pytest

from diagram import Service
from tests.verify.rig import Rig, image, rig
from verify import canaries
from verify.layers import CLEAN
from verify.leaks import leaks, searched
from verify.scanner import Scanner

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A stack of one service."""
    folder: Path = tmp_path_factory.mktemp("leaks")
    (folder / "Pulumi.yaml").write_text("name: rempart\n")
    with rig((Service(name="ledger", port=8000, image=image()),), folder) as made:
        yield made


def test_what_is_planted_is_found_in_each_place_and_a_clean_image_is_read_once(alone: Rig) -> None:
    rows = list(leaks(alone.target))
    found = [row for row in rows if row.claim == "a planted secret is found"]
    assert len(found) == 8
    assert [row.subject for row in rows if row.ok is False] == []
    assert (alone.target.root / ".rempart" / alone.target.stack / CLEAN).exists()
    again = next(row for row in leaks(alone.target) if row.subject == "image layers and history")
    assert "1 read before" in again.seen


def test_what_was_planted_is_gone_afterwards(alone: Rig) -> None:
    with canaries.planted(alone.target) as (_, values):
        pass
    assert [(place, found) for place, found, _ in searched(alone.target, Scanner(values)) if found] == []
    assert alone.target.engine.images(name=f"{canaries.IMAGE}:{alone.target.stack}") == []
