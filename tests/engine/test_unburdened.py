"""What the engine takes off the SDK changes nothing that a program can observe."""

from pathlib import Path

import pytest
from pulumi.output import UNKNOWN

from engine import api, unburdened_values
from tests.engine.stacks import resources, stack_of

pytestmark = pytest.mark.usefixtures("quick")
FAMILY = """
    import pulumi
    import pulumi_random as random

    class Pair(pulumi.ComponentResource):
        def __init__(self, name, after=()):
            super().__init__("test:index:Pair", name, opts=pulumi.ResourceOptions(depends_on=list(after)))
            own = pulumi.ResourceOptions(parent=self)
            self.first = random.RandomString(f"{name}-first", length=4, opts=own)
            self.second = random.RandomString(f"{name}-second", length=4, keepers={"first": self.first.id}, opts=own)

    old = Pair("old")
    Pair("young", after=[old])
"""
LATE_CHILD = """
    import pulumi
    import pulumi_random as random

    class Group(pulumi.ComponentResource):
        def __init__(self, name):
            super().__init__("test:index:Group", name)

    group = Group("group")
    outer = random.RandomString("outer", length=4, opts=pulumi.ResourceOptions(depends_on=[group]))
    random.RandomString("inner", length=4, opts=pulumi.ResourceOptions(parent=group, depends_on=[outer]))
"""

VALUES = """
    import pulumi
    import pulumi_random as random

    word = random.RandomPassword("word", length=4, keepers={"nested": pulumi.Output.secret("hidden"), "count": "1"})
    pulumi.export("nested", pulumi.Output.all(a=[word.length, {"b": word.keepers}], c=None))
    pulumi.export("urn", word.urn)
    pulumi.export("failed", word.length.apply(lambda length: length / 0).recover(lambda error: type(error).__name__))
"""


def test_a_component_is_waited_for_with_its_children(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, FAMILY)
    result = api.up(stack)
    assert result.ok, result.errors
    held = resources(stack)
    waited = {urn.rpartition("::")[2] for urn in held["young-first"].dependencies}
    assert {"old-first", "old-second"} <= waited | {urn.rpartition("::")[2] for urn in held["young"].dependencies}


@pytest.mark.timeout(60)
def test_resources_that_wait_for_each_other_are_refused_by_the_sdk_as_ever(tmp_path: Path) -> None:
    """The child waits for what waits for its parent, and so for the child."""
    result = api.up(stack_of(tmp_path, LATE_CHILD))
    assert not result.ok
    assert "ensure no cycles have been introduced" in result.errors[0]


def test_a_value_is_the_same_on_its_way_through_inputs_and_outputs(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, VALUES)
    result = api.up(stack)
    assert result.ok, result.errors
    outputs = api.outputs(stack, show_secrets=True)
    assert outputs["nested"] == {"a": [4, {"b": {"nested": "hidden", "count": "1"}}]} | {"c": None}
    assert outputs["urn"] == resources(stack)["word"].urn
    assert outputs["failed"] == "ZeroDivisionError"


def test_an_unknown_is_found_at_any_depth_and_in_what_holds_itself() -> None:
    ring: dict[str, object] = {}
    ring |= {"ring": ring, "list": [1, "text", ring]}
    assert not unburdened_values._contains_unknowns(ring)
    ring["late"] = [{"deep": UNKNOWN}]
    assert unburdened_values._contains_unknowns(ring)
