"""What is written to the state, and when."""

import json
from pathlib import Path

import pytest

from engine import api
from tests.engine.stacks import raw_state, resources, stack_of

pytestmark = pytest.mark.usefixtures("quick")
PROGRAM = """
    import pulumi
    import pulumi_random as random

    word = random.RandomPassword("word", length=12)
    pulumi.export("word", word.result)
"""


def test_an_up_without_a_change_leaves_the_state_as_it_is(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, PROGRAM)
    api.up(stack)
    before = raw_state(stack.location)
    result = api.up(stack)
    assert result.counts == {"same": 2}
    assert raw_state(stack.location) == before


def test_what_only_the_record_knows_of_is_written_though_no_step_changes_anything(tmp_path: Path) -> None:
    api.up(stack_of(tmp_path, PROGRAM))
    stack = stack_of(tmp_path, PROGRAM.replace("length=12", "length=12, opts=pulumi.ResourceOptions(protect=True)"))
    result = api.up(stack)
    assert result.counts == {"same": 2}
    assert resources(stack)["word"].protect


def test_a_changed_output_alone_is_written(tmp_path: Path) -> None:
    api.up(stack_of(tmp_path, PROGRAM))
    stack = stack_of(tmp_path, PROGRAM + '    pulumi.export("more", {"than": 1})\n')
    assert api.up(stack).counts == {"same": 2}
    stored = json.loads(raw_state(stack.location))["checkpoint"]["latest"]
    assert api.outputs(stack)["more"] == {"than": 1}
    assert not stored["pending_operations"]
