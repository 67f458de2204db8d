"""A value that is not known yet never turns a violation into silence, and no message says what a value was."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from policies.rules.kit.node import UNKNOWN
from policies.rules.kit.resource import Resource
from policies.rules.kit.rule import SECRET
from policies.rules.kit.stack import Stack
from policies.rules.pack.judge import Judge
from tests.policies.test_odd_input import changed, places, replaced
from tests.policies.test_rules import BY_ID, EXAMPLES, SETTINGS, TODAY, recorded

CANARY = "canary-7f3Kq9Zt2Lx5Vb8Nc1Md"
FORMS = (CANARY, base64.b64encode(CANARY.encode()).decode()[:24], CANARY.encode().hex())
LATER = frozenset({
    "own-secrets-stand-nowhere-else", "values-have-one-name", "secrets-are-rotated", "default-credentials-are-not-used",
    "secrets-hold-something", "given-certificates-are-strong", "replaceable-objects-are-auto-named",
    "workloads-have-a-network-of-their-own", "workloads-stay-off-the-default-networks", "volumes-are-not-shared",
    "authority-keys-are-no-files", "sealed-values-stay-in-secrets", "stops-outlast-drains", "keys-are-not-written-out",
})  # fmt: skip
"""Rules about what exists only once it is made (a secret's data, an identifier); what makes it has its own rule."""


def judged(id_: str, resources: list[Resource]) -> list[str]:
    """What one rule says about these resources."""
    rule = BY_ID[id_]
    judge = Judge([rule], settings={id_: SETTINGS.get(id_, {})}, profile=rule.profile, today=TODAY)
    found = [f for resource in resources for f in judge.resource(resource)] + list(judge.stack(Stack(resources)))
    return [finding.problem for finding in found]


def broken(id_: str) -> Iterator[list[Resource]]:
    """The resources of each program that breaks a rule."""
    for number in range(len(EXAMPLES[id_].breaks)):
        yield recorded(EXAMPLES[id_].stack)[f"{id_}/breaks/{number}"]


def leaves(resource: Resource) -> Iterator[tuple[Any, ...]]:
    return (path for path in places(resource.props) if not isinstance(_at(resource.props, path), dict | list))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


@pytest.mark.parametrize("id_", sorted(set(BY_ID) - LATER))
def test_an_unknown_literal_is_asked_for_or_makes_no_difference(id_: str) -> None:
    silent = []
    for resources in broken(id_):
        for index, resource in enumerate(resources):
            for path in leaves(resource):
                unknown = changed(resource, replaced(resource.props, path, UNKNOWN))
                if not judged(id_, [*resources[:index], unknown, *resources[index + 1 :]]):
                    silent.append((resource.type.rpartition(":")[2], path))
    assert silent == []


@pytest.mark.parametrize("id_", sorted(BY_ID))
def test_no_message_holds_what_a_value_was(id_: str) -> None:
    messages = []
    for resources in broken(id_):
        spoiled = [changed(it, _spoiled(it.props)) if it.type != SECRET else it for it in resources]
        messages += judged(id_, spoiled)
    assert not [message for message in messages if any(form in message for form in FORMS)]


def _spoiled(value: Any) -> Any:
    """Every text with the canary beside it, and every mapping with one more key that is the canary."""
    if isinstance(value, dict):
        return {**{key: _spoiled(item) for key, item in value.items()}, CANARY: CANARY}
    if isinstance(value, list):
        return [_spoiled(item) for item in value]
    return f"{value} --token={CANARY} https://user:{CANARY}@host/" if isinstance(value, str) else value
