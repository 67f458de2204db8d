"""The embedded engine does what the Pulumi CLI was recorded to do: plans, steps and their order, failures, state."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.conformance import normal
from tests.engine.conformance.run import HERE, Case, Run, differences

Json = dict[str, Any]
NAMES = sorted(path.name for path in (HERE / "cases").iterdir())


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("docker-")])
def test_the_engine_does_what_pulumi_does(name: str, tmp_path: Path) -> None:
    compare(Case(name, tmp_path))


def compare(case: Case) -> None:
    """Every program of the case, in order: its preview, its up, and the state that is left."""
    for number, (program, recorded) in enumerate(zip(case.programs, case.recorded, strict=True), 1):
        case.place(program)
        ignored = differences(case.name, number)
        where = f"{case.name}, program {number}"
        dependencies = _dependencies(recorded["state"])
        for phase, act in (("preview", case.preview), ("up", case.up)):
            actual = act()
            if phase not in ignored:
                _same_run(recorded[phase], actual, dependencies, ignored, f"{where}, {phase}")
        if "state" not in ignored:
            assert normal.state(case.state()) == normal.state(recorded["state"]), where


def _same_run(recorded: Json, actual: Run, dependencies: dict[str, set[str]], ignored: set[str], where: str) -> None:
    told = f"{where}: {actual.errors}"
    assert actual.ok == (recorded["exit"] == 0), told
    if "steps" not in ignored:
        named = "diffs" not in ignored
        expected = normal.steps(_steps_that_count(recorded, actual), named=named)
        assert normal.steps(actual.steps, named=named) == expected, told
        if "order" not in ignored:
            pairs = normal.order(_steps_that_count(recorded, actual), dependencies)
            assert normal.order(actual.steps, dependencies) == pairs, told
    if "errors" not in ignored:
        for error in recorded["errors"]:
            if "failed" not in error:
                assert any(_same_error(error, each) for each in actual.errors), f"{told}\nmissing: {error}"


def _steps_that_count(recorded: Json, actual: Run) -> list[Json]:
    """The recording of a short run may lack the stack's own step, which began before the recorder listened."""
    root = [step for step in actual.steps if step["urn"].startswith("pulumi:pulumi:Stack")]
    lacks = not any(step["urn"].startswith("pulumi:pulumi:Stack") for step in recorded["steps"])
    return [*root, *recorded["steps"]] if lacks else recorded["steps"]


_BOILERPLATE = ("update failed", "preview failed", "an unhandled error occurred", "sdk-v2/provider2.go")


def _same_error(recorded: Json, actual: Json) -> bool:
    """Whether both say the same on the same resource: what a traceback, a list of causes or a message has to tell."""
    text = recorded["error"].strip()
    if any(part in text for part in _BOILERPLATE):
        return True
    lines = text.splitlines()
    causes = [line.strip().removeprefix("* ") for line in lines if line.startswith("\t* ")]
    telling = causes[-1] if causes else lines[-1] if "Traceback" in text else lines[0]
    if telling.startswith("  File"):  # cut off by the recorder
        telling = "Traceback (most recent call last):"
    return normal.message(telling) in normal.message(actual["error"]) and normal.short(actual["urn"]) == recorded["urn"]


def _dependencies(state: list[Json]) -> dict[str, set[str]]:
    return {each["urn"]: {*each.get("dependencies", ()), each.get("parent", "")} for each in state}
