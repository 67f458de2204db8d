"""What the policies find is measured against limits, on values and mutants that were not made for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.policies import proof
from tests.policies.corpus import Entry, corpus, load
from tests.policies.corpus.measure import measure, rules
from tests.policies.leaks import matrix

PAGE = (Path(__file__).parents[2] / "docs/policies-proof.md").read_text()
CORPORA: dict[str, Callable[[], Iterable[Entry]]] = {
    "frozen": load,
    "held out 1": lambda: corpus(1, held_out=True),
    "held out 2": lambda: corpus(2, held_out=True),
}


@pytest.mark.parametrize("name", CORPORA)
def test_secrets_are_found_and_lookalikes_are_not(name: str) -> None:
    found = measure(list(CORPORA[name]()), rules)
    assert found.recall >= 0.99
    assert found.precision >= 0.98


def test_a_secret_of_the_stack_is_found_in_sixty_of_sixty_places() -> None:
    places = [found for row in matrix().values() for found in row.values()]
    assert len(places) == 60
    assert all(places)


def test_mutants_are_stopped_by_a_rule_of_the_right_family() -> None:
    made, escaped = proof.hunted()
    assert len(made) >= 2000
    assert len(escaped) <= 0.01 * len(made), "\n".join(map(str, escaped))


def test_a_mutant_that_escapes_has_a_reason() -> None:
    _, escaped = proof.hunted()
    assert [str(mutant) for mutant in escaped if not proof.reason(mutant.misuse)] == []


@pytest.mark.parametrize("section", [proof.secrets, proof.leaks, proof.mutations])
def test_the_page_holds_the_figures_as_measured(section: object) -> None:
    assert callable(section)
    assert "\n".join(section()).strip() in PAGE
