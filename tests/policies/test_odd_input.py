"""Whatever stands in a resource, the rules judge it, and no unknown that a rule needs is passed over in silence."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from policies.rules import RULES
from policies.rules.kit.node import UNKNOWN
from policies.rules.kit.resource import Options, Resource
from policies.rules.kit.rule import SERVICE
from policies.rules.kit.stack import Stack
from policies.rules.pack.judge import Finding, Judge
from tests.policies.test_program import deployed
from tests.policies.test_rules import recorded

ODD: tuple[Any, ...] = (
    None, "", " ", "x", "0", "-1s", -1, 0, 1e300, True, False, [], {}, [None], [[]], {"": None}, ["x"], {"x": "y"},
    "\x00", "é" * 99,
)  # fmt: skip


JUDGE = Judge(RULES)


def findings(*resources: Resource) -> list[Finding]:
    return [f for resource in resources for f in JUDGE.resource(resource)] + list(JUDGE.stack(Stack(resources)))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    key, *rest = path
    if isinstance(value, dict):
        return {**value, key: replaced(value[key], tuple(rest), new)}
    return [replaced(item, tuple(rest), new) if index == key else item for index, item in enumerate(value)]


def changed(resource: Resource, props: Any) -> Resource:
    return Resource(resource.type, resource.name, resource.urn, props, {}, Options(), resource.dependencies)


def samples() -> list[Resource]:
    """One good resource of every type and every kind of service, and those of the examples, which go further."""
    good = {(r.type, r.labels.get("rempart.kind") if r.type == SERVICE else ""): r for r in deployed("dev") if r.props}
    others = {(r.type, name.split("/")[0]): r for name, found in recorded("dev").items() for r in found}
    return [*good.values(), *others.values()]


@pytest.mark.parametrize("seed", range(2))
def test_no_odd_value_makes_a_rule_fail(seed: int) -> None:
    chosen = random.Random(seed)
    for resource in samples():
        everywhere = list(places(resource.props))
        for path in chosen.sample(everywhere, min(len(everywhere), 3)):
            odd = changed(resource, replaced(resource.props, path, chosen.choice(ODD)))
            failed = [f"{f.rule.id} {path}: {f.problem}" for f in findings(odd) if "could not be judged" in f.problem]
            assert failed == []


def test_an_unknown_in_a_services_safety_is_a_violation_that_names_the_literal() -> None:
    service = next(r for r in deployed("dev") if r.type == SERVICE and r.labels["rempart.kind"] == "gateway")
    spec = ("taskSpec", "containerSpec")
    for path in (
        (*spec, "readOnly"),
        (*spec, "user"),
        (*spec, "image"),
        (*spec, "env"),
        ("endpointSpec",),
        ("labels",),
    ):
        unknown = changed(service, replaced(service.props, path, UNKNOWN))
        found = [f.problem for f in findings(unknown) if f.undecided]
        assert any(f"needs a literal {'.'.join(path)}" in problem for problem in found), path


def test_unknowns_that_no_rule_needs_are_passed_over() -> None:
    service = next(r for r in deployed("dev") if r.type == SERVICE and r.labels["rempart.kind"] == "gateway")
    ids = [
        path for path in places(service.props) if path[-1] in {"id", "secretId", "secretName", "configId", "configName"}
    ]
    assert len(ids) > 10
    props = service.props
    for path in ids:
        props = replaced(props, path, UNKNOWN)
    assert list(Judge(RULES).resource(Resource(service.type, service.name, service.urn, props))) == []
