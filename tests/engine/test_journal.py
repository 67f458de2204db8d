"""What is written to the state, and when."""

import json
from pathlib import Path

import pytest

from engine import api, history
from engine.backend import Checkpoint
from engine.crypto import throw_away_crypter
from engine.journal import Journal
from engine.state import ResourceState
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


RUNS = """
    from pathlib import Path
    with Path("runs").open("a") as runs:
        runs.write("{}\\n")
"""


def runs(folder: Path) -> list[str]:
    """What the program has written since the last call, a line for each time that it ran."""
    written = (folder / "runs").read_text().splitlines()
    (folder / "runs").unlink()
    return written


def test_a_plan_that_finds_nothing_to_do_is_the_end_of_an_up(tmp_path: Path) -> None:
    """The program ran, its policies would have been asked, and running it again would tell nothing new."""
    stack = stack_of(tmp_path, PROGRAM + RUNS.format("ran"))
    api.up(stack)
    assert runs(tmp_path) == ["ran", "ran"]
    assert api.up(stack).ok
    assert runs(tmp_path) == ["ran"]


@pytest.mark.parametrize(
    "ask", ["pulumi.runtime.is_dry_run()", "__import__('pulumi.runtime.settings').runtime.settings.is_dry_run()"]
)
def test_a_program_that_asks_whether_it_is_a_plan_is_run_for_real_as_well(tmp_path: Path, ask: str) -> None:
    """It may do something else then, which no plan can know."""
    asking = PROGRAM + RUNS.format("ran").replace('"ran\\n"', f"str({ask}) + '\\n'")
    stack = stack_of(tmp_path, asking)
    for _ in range(2):
        assert api.up(stack).ok
        assert runs(tmp_path) == ["True", "False"]


def test_an_up_without_a_change_is_in_the_history(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, PROGRAM)
    for _ in range(2):
        api.up(stack)
    latest, first = history.entries(stack.location)
    assert (latest["kind"], latest["result"], latest["resourceChanges"]) == ("update", "succeeded", {"same": 2})
    assert first["resourceChanges"] == {"create": 2}


@pytest.mark.parametrize(("replaced", "names"), [(0, ["a", "made", "b"]), (None, ["a", "b", "made"])])
def test_what_an_earlier_run_made_comes_after_all_that_it_uses(replaced: int | None, names: list[str]) -> None:
    """A refresh registers nothing: what it adopts stays where the old state has room for it."""
    base = [ResourceState(urn=name, type="t") for name in ("a", "b")]
    journal = Journal(Checkpoint(throw_away_crypter(), base), None)
    journal.adopt(ResourceState(urn="made", type="t"), None if replaced is None else base[replaced])
    assert [each.urn for each in journal.resources()] == names
