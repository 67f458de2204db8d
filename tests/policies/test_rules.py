"""Every rule fires on what breaks it, on nothing else, and says nothing about what keeps it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import pytest

from policies.rules import RULES
from policies.rules.kit.resource import Resource
from policies.rules.kit.rule import PROFILES
from policies.rules.kit.stack import Stack
from policies.rules.pack.judge import Finding, Judge
from tests.policies import examples as families
from tests.policies.build import example
from tests.policies.examples import Examples, Program
from tests.policies.recorder import record

EXAMPLES: dict[str, Examples] = {
    id_: examples
    for family in sorted(found.name for found in iter_modules(families.__path__))
    for id_, examples in import_module(f"{families.__name__}.{family}").EXAMPLES.items()
}
TODAY = date(2026, 11, 21)
BY_ID = {rule.id: rule for rule in RULES}
SETTINGS = {"images-come-from-known-registries": {"registries": ["registry.example/", "rempart/"]}}
UNUSED = frozenset({"secrets-are-used", "configs-are-used"})
"""A lone secret or config is an example's way to be short."""
CASES = [
    pytest.param(f"{id_}/{sort}/{number}", id=f"{id_}-{sort}-{number}")
    for id_, examples in sorted(EXAMPLES.items())
    for sort, programs in (("breaks", examples.breaks), ("keeps", examples.keeps))
    for number in range(len(programs))
]


def _programs(stack: str) -> Iterable[tuple[str, Program]]:
    for id_, examples in EXAMPLES.items():
        if examples.stack == stack:
            for sort in ("breaks", "keeps"):
                for number, program in enumerate(getattr(examples, sort)):
                    yield f"{id_}/{sort}/{number}", program


@cache
def recorded(stack: str) -> dict[str, list[Resource]]:
    """The resources of every example of a stack, from one run."""

    def program() -> None:
        for name, build in _programs(stack):
            example.set(name)
            build()

    found: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in record(program, stack):
        if "/" in resource.name:
            id_, sort, rest = resource.name.split("/")
            found[f"{id_}/{sort}/{rest.split('-')[0]}"].append(resource)
    return found


def judged(name: str, examples: Examples) -> list[Finding]:
    profile = PROFILES[examples.profile] if examples.profile else None
    id_ = name.split("/", maxsplit=1)[0]
    settings = {id_: SETTINGS[id_]} if id_ in SETTINGS else {}
    judge = Judge(RULES, settings=settings, profile=profile, today=TODAY)
    resources = recorded(examples.stack)[name]
    assert resources, "the example makes no resource"
    return [f for resource in resources for f in judge.resource(resource)] + list(judge.stack(Stack(resources)))


@pytest.mark.parametrize("name", CASES)
def test_a_rule_fires_on_what_breaks_it_and_on_nothing_else(name: str) -> None:
    id_, sort, _ = name.split("/")
    findings = judged(name, EXAMPLES[id_])
    fired = {f.rule.id for f in findings if f.stops or f.rule.id == id_}  # an advisory holds for nearly everything
    details = [f"{finding.rule.id}: {finding.problem}" for finding in findings]
    assert (id_ in fired) == (sort == "breaks"), details
    assert fired <= {id_} | EXAMPLES[id_].also | (UNUSED - {id_} if id_ not in UNUSED else UNUSED), details


def test_every_rule_has_three_examples_of_each_sort() -> None:
    assert set(EXAMPLES) == set(BY_ID)
    short = [id_ for id_, e in EXAMPLES.items() if len(e.breaks) < 3 or len(e.keeps) < 3]
    assert short == []


def test_every_rule_explains_itself() -> None:
    for rule in RULES:
        assert rule.title.endswith(".")
        assert rule.rationale.endswith(".")
        assert rule.remedy.endswith(".")
        assert set(rule.defaults) == set(rule.settings)
