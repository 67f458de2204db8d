"""What a plan means for what runs, and where it stands."""

from typing import Any

import pytest

from report import tree
from report.plan import Change

SERVICE = "docker:index/service:Service"


def step(op: str, chain: str, name: str, *diffs: str, **new: Any) -> Change:
    return Change(op, f"urn:pulumi:dev::demo::{chain}::{name}", diffs, (), {}, new)


def shown(*steps: Change) -> list[str]:
    return list(tree.lines(tree.build(steps)))


START_FIRST = {"updateConfig": {"order": "start-first"}}
TWO = {"mode": {"replicated": {"replicas": 2}}}


@pytest.mark.parametrize(
    ("diffs", "new", "meaning"),
    [
        (("taskSpec",), START_FIRST, "restarts: rolling, start-first; [diff: ~taskSpec]"),
        (("taskSpec",), TWO, "restarts: rolling, stop-first; [diff: ~taskSpec]"),
        (("taskSpec",), {}, "restarts: interrupted; [diff: ~taskSpec]"),
        (("mode",), START_FIRST, "[diff: ~mode]"),
    ],
)
def test_an_update_says_whether_a_service_restarts_and_how(
    diffs: tuple[str, ...], new: dict[str, Any], meaning: str
) -> None:
    assert shown(step("update", SERVICE, "api", *diffs, **new))[-1] == f" ~  └─ Service  api  {meaning}"


def test_a_replacement_is_blue_green_unless_the_old_one_goes_first() -> None:
    replaced = [step(op, SERVICE, "api", "taskSpec") for op in ("create-replacement", "replace")]
    deleted = step("delete-replaced", SERVICE, "api")
    assert "replaced: blue/green" in shown(*replaced, deleted)[-1]
    assert "replaced: interrupted" in shown(deleted, *reversed(replaced))[-1]


def test_children_stand_under_their_components_and_what_stays_is_left_out() -> None:
    lines = shown(
        step("same", "pulumi:pulumi:Stack", "demo-dev"),
        step("same", "rempart:component:Platform", "a"),
        step("same", "rempart:component:Platform$rempart:component:Service", "a-api"),
        step("create", f"rempart:component:Platform$rempart:component:Service${SERVICE}", "a-api-service"),
        step("same", "rempart:component:Platform$rempart:component:Service", "a-agent"),
        step("create", "pulumi:providers:docker", "default"),
    )
    assert lines == [
        "    pulumi:pulumi:Stack  demo-dev",
        "    └─ Platform  a",
        "       └─ Service  a-api",
        " +        └─ Service  a-api-service",
    ]
