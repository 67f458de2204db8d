"""The provider's pure conversions against what the real CLI and plugins stored."""

import json
from pathlib import Path
from typing import Any

import pytest
from engine.docker.provider import Docker
from engine.values import UNKNOWN

RECORDED = Path(__file__).parents[1] / "conformance" / "recorded"
DOCKER = Docker()
TELLS_NOTHING: dict[str, Any] = {}


def states() -> list[Any]:
    """Every docker resource in every recorded state, once, with whether an update wrote it last."""
    found: dict[str, Any] = {}
    for file in sorted(RECORDED.glob("docker-*.json")):
        updated: set[str] = set()
        for entry in json.loads(file.read_text()):
            for step in entry["up"]["steps"]:
                if step["op"] == "update":
                    updated.add(step["urn"])
                elif step["op"] in ("create", "create-replacement"):
                    updated.discard(step["urn"])
            for resource in entry["state"]:
                if resource["type"] in DOCKER.types:
                    fresh = resource["urn"] not in updated
                    key = json.dumps([resource["type"], resource["inputs"], resource["outputs"], fresh])
                    name = f"{file.stem}/{entry['program']}:{resource['urn'].split('::')[-1]}"
                    found.setdefault(key, pytest.param(resource, fresh, id=name))
    return list(found.values())


STATES = states()
AGREEING = [state for state in STATES if "initErrors" not in state.values[0]]


def without_defaults(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_defaults(item) for key, item in value.items() if key != "__defaults"}
    return [without_defaults(item) for item in value] if isinstance(value, list) else value


def as_program_wrote(inputs: Any) -> Any:
    """`inputs` without what the provider's defaults added."""
    if isinstance(inputs, dict):
        added = {"__defaults", *inputs.get("__defaults", ())}
        return {key: as_program_wrote(item) for key, item in inputs.items() if key not in added}
    return [as_program_wrote(item) for item in inputs] if isinstance(inputs, list) else inputs


def plain(resource: Any) -> Any:
    """The resource with a valid stand-in for the data that the record hides."""
    return json.loads(json.dumps(resource).replace("<secret>", "c2VjcmV0"))


def test_there_are_records_of_every_type() -> None:
    assert {state.values[0]["type"] for state in STATES} == DOCKER.types


@pytest.mark.parametrize(("resource", "fresh"), STATES)
def test_check_fills_in_the_defaults_that_the_real_provider_fills_in(resource: Any, fresh: bool) -> None:
    resource = plain(resource)
    inputs, failures = DOCKER.check(
        resource["type"], "some-name", resource["inputs"], as_program_wrote(resource["inputs"])
    )
    assert failures == []
    assert inputs == resource["inputs"]


@pytest.mark.parametrize(("resource", "fresh"), AGREEING)
def test_outputs_are_complete_and_in_the_recorded_normal_form(resource: Any, fresh: bool) -> None:
    """What Docker decided is taken from the record; everything else has to follow from the inputs."""
    resource = plain(resource)
    outputs = resource["outputs"]
    one = DOCKER._resources[resource["type"]]
    decided = {item.name: without_unasked(outputs.get(item.name)) for item in one.schema.fields if item.computed} | {
        key: outputs[key] for key in one.told if key in outputs
    }
    if "taskSpec" in outputs:
        decided["taskSpec"] = outputs["taskSpec"]
    assert one.outputs(outputs["id"], resource["inputs"], decided, fresh=fresh) == outputs


def without_unasked(value: Any) -> Any:
    return value


@pytest.mark.parametrize(("resource", "fresh"), AGREEING)
def test_a_recorded_state_shows_no_difference_to_its_own_inputs(resource: Any, fresh: bool) -> None:
    resource = plain(resource)
    diff = DOCKER.diff(resource["type"], "id", resource["inputs"], resource["outputs"], resource["inputs"])
    assert diff.changed == ()
    assert diff.replaces == ()
