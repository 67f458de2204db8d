"""The provider's pure conversions against what the real CLI and plugins stored."""

# ruff: noqa: A002 - `type` and `property` are the protocol's words

import json
from pathlib import Path
from typing import Any

import pytest

from engine.docker.kinds import duration, nanoseconds
from engine.docker.provider import Docker
from engine.docker.resource import _reconciled
from engine.values import UNKNOWN

RECORDED = Path(__file__).parents[1] / "conformance" / "recorded"
DOCKER = Docker()


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
    decided = {key: outputs[key] for key in one.told if key in outputs}
    decided |= {item.name: outputs[item.name] for item in one.schema.fields if item.computed}
    if "taskSpec" in outputs:
        decided["taskSpec"] = outputs["taskSpec"]  # its nested properties: Docker decides some of those
    assert one.outputs(outputs["id"], resource["inputs"], decided, fresh=fresh) == outputs


@pytest.mark.parametrize(("resource", "fresh"), AGREEING)
def test_a_recorded_state_shows_no_difference_to_its_own_inputs(resource: Any, fresh: bool) -> None:
    resource = plain(resource)
    diff = DOCKER.diff(resource["type"], "id", resource["inputs"], resource["outputs"], resource["inputs"])
    assert diff.changed == ()
    assert diff.replaces == ()


@pytest.mark.parametrize(("resource", "fresh"), AGREEING)
def test_what_is_sent_reads_back_as_the_recorded_outputs(resource: Any, fresh: bool) -> None:
    """Inputs to the API's object and back: nothing is lost, and everything means the same."""
    resource = plain(resource)
    schema = DOCKER._resources[resource["type"]].schema
    sent = schema.wire(schema.complete(resource["inputs"], resource["outputs"], fresh))
    echoed = _reconciled(schema, resource["outputs"], schema.read(as_docker_echoes(sent)))
    assert echoed == {item.name: resource["outputs"][item.name] for item in schema.fields}


@pytest.mark.parametrize(("fresh", "targets"), [(True, ["/run/keeper", "/tmp"]), (False, ["/tmp", "/run/keeper"])])
def test_sets_have_the_order_in_which_the_real_provider_stored_them(fresh: bool, targets: list[str]) -> None:
    """As the CLI left a keeper after its creation, and after an update, which writes what was left out."""
    secrets = [
        {"fileName": f"/run/secrets/{name}", "secretId": name, "secretName": name}
        for name in ("users.acl", "keeper.password", "server.pem", "server.pem.key", "callers.pem")
    ]
    mounts = [
        {"target": "/tmp", "type": "tmpfs", "tmpfsOptions": {"sizeBytes": 67108864}},
        {"source": "keeper", "target": "/run/keeper", "type": "volume", "readOnly": False},
    ]
    given = {"name": "keeper", "taskSpec": {"containerSpec": {"image": "i", "mounts": mounts, "secrets": secrets}}}
    stored = DOCKER._resources["docker:index/service:Service"].outputs("id", given, {}, fresh=fresh)
    container = stored["taskSpec"]["containerSpec"]
    assert [each["fileName"].removeprefix("/run/secrets/") for each in container["secrets"]] == [
        "callers.pem", "keeper.password", "server.pem", "server.pem.key", "users.acl",
    ]  # fmt: skip
    assert [each["target"] for each in container["mounts"]] == targets


def as_docker_echoes(sent: Any) -> Any:
    """Docker's API leaves out what is empty, except in maps of strings."""
    if isinstance(sent, list):
        return [as_docker_echoes(item) for item in sent]
    if not isinstance(sent, dict):
        return sent
    pairs = {key: as_docker_echoes(item) for key, item in sent.items()}
    return {key: item for key, item in pairs.items() if item not in ("", 0, False, [], None)}


@pytest.mark.parametrize(("resource", "fresh"), AGREEING)
def test_an_unknown_input_differs_and_stays_unknown_in_the_plan(resource: Any, fresh: bool) -> None:
    name = (
        next(name for name in resource["inputs"] if name not in ("__defaults", "name"))
        if (len(resource["inputs"]) > 2)
        else "name"
    )
    news = {**resource["inputs"], name: UNKNOWN}
    diff = DOCKER.diff(resource["type"], "id", resource["inputs"], resource["outputs"], news)
    assert diff.changed == (name,)
    assert DOCKER.planned(resource["type"], news, resource["outputs"])[name] is UNKNOWN
    assert DOCKER.planned(resource["type"], news, None)["id"] is UNKNOWN


def service() -> Any:
    return next(state.values[0] for state in STATES if state.values[0]["type"].endswith(":Service"))


def changed(inputs: Any, path: str, value: Any) -> Any:
    inputs = json.loads(json.dumps(inputs))
    *parents, last = path.split(".")
    place = inputs
    for parent in parents:
        place = place[int(parent)] if parent.isdigit() else place[parent]
    place[last] = value
    return inputs


@pytest.mark.parametrize(
    ("path", "value", "replaces"),
    [
        ("mode.replicated.replicas", 5, ()),
        ("taskSpec.containerSpec.image", "other:1", ()),
        ("taskSpec.containerSpec.env", {"MODE": "other"}, ()),
        ("taskSpec.containerSpec.sysctl", {"net.core.somaxconn": "1"}, ("taskSpec",)),
        ("taskSpec.containerSpec.hosts", [{"host": "a", "ip": "10.0.0.1"}], ("taskSpec",)),
        ("taskSpec.containerSpec.secrets", [], ()),
        ("taskSpec.networksAdvanceds", [], ("taskSpec",)),
        ("taskSpec.networksAdvanceds.0.aliases", ["other"], ("taskSpec",)),
        ("taskSpec.forceUpdate", 1, ()),
        ("updateConfig.monitor", "9s", ()),
        ("labels", [{"label": "a", "value": "b"}], ()),
        ("endpointSpec.mode", "vip", ()),
        ("name", "other", ("name",)),
    ],
)
def test_only_what_swarm_cannot_change_replaces_a_service(path: str, value: Any, replaces: tuple[str, ...]) -> None:
    old = service()
    diff = DOCKER.diff(old["type"], "id", old["inputs"], old["outputs"], changed(old["inputs"], path, value))
    assert diff.changed == (path.split(".", maxsplit=1)[0],)
    assert diff.replaces == replaces


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("convergeConfig.timeout", "1m"),
        ("taskSpec.containerSpec.stopGracePeriod", "15000ms"),
        ("updateConfig.maxFailureRatio", "0"),
        ("mode", None),
        ("endpointSpec", None),
        ("taskSpec.restartPolicy", None),
    ],
)
def test_another_spelling_of_the_same_and_leaving_it_to_docker_are_no_change(path: str, value: Any) -> None:
    old = service()
    news = changed(old["inputs"], path, value)
    assert DOCKER.diff(old["type"], "id", old["inputs"], old["outputs"], news).changed == ()


def test_a_name_given_by_the_user_is_deleted_before_it_is_replaced_and_an_auto_name_after() -> None:
    old = next(state.values[0] for state in STATES if state.values[0]["type"].endswith(":Secret"))
    news = {**old["inputs"], "data": "b3RoZXI="}
    assert DOCKER.diff(old["type"], "id", old["inputs"], old["outputs"], news).delete_before_replace is False
    news["__defaults"] = []
    assert DOCKER.diff(old["type"], "id", old["inputs"], old["outputs"], news).delete_before_replace is True


@pytest.mark.parametrize(
    ("type", "news", "property", "reason"),
    [
        ("docker:index/service:Service", {"auth": {"serverAddress": "x"}}, "auth", "use the Pulumi CLI"),
        ("docker:index/service:Service", {"updateConfig": {"monitor": "soon"}}, "updateConfig.monitor", "no duration"),
        ("docker:index/service:Service", {"updateConfig": {"order": "any"}}, "updateConfig.order", "is none of"),
        (
            "docker:index/service:Service",
            {"mode": {"global": True}, "convergeConfig": {}},
            "convergeConfig",
            "conflicts with mode.global",
        ),
        ("docker:index/volume:Volume", {"cluster": {}}, "cluster", "use the Pulumi CLI"),
        ("docker:index/serviceConfig:ServiceConfig", {}, "data", "exactly one of"),
    ],
)
def test_what_cannot_be_realised_is_refused_by_its_path(
    type: str, news: dict[str, Any], property: str, reason: str
) -> None:
    _, failures = DOCKER.check(type, "some-name", None, news)
    assert [failure.property for failure in failures] == [property]
    assert reason in failures[0].reason


def test_bad_secret_data_is_refused_without_showing_it() -> None:
    _, failures = DOCKER.check("docker:index/secret:Secret", "some-name", None, {"data": "hunter2 is no base64"})
    assert [failure.property for failure in failures] == ["data"]
    assert "hunter2" not in str(failures)


def test_an_auto_name_is_kept_over_updates_and_fresh_for_a_replacement() -> None:
    kind = "docker:index/volume:Volume"
    first, _ = DOCKER.check(kind, "data", None, {})
    assert first["name"].startswith("data-")
    assert len(first["name"]) == len("data-") + 7
    assert DOCKER.check(kind, "data", first, {})[0] == first
    assert DOCKER.check(kind, "data", None, {})[0]["name"] != first["name"]


@pytest.mark.parametrize(
    ("text", "nanos", "short"),
    [
        ("0s", 0, "0s"),
        ("1m30s", 90 * 10**9, "1m30s"),
        ("120s", 120 * 10**9, "2m"),
        ("1h", 3600 * 10**9, "1h"),
        ("1h0m5s", 3605 * 10**9, "1h0m5s"),
        ("1.5s", 1_500_000_000, "1.5s"),
        ("250ms", 250_000_000, "250ms"),
    ],
)
def test_durations_are_read_and_written_as_the_real_provider_does(text: str, nanos: int, short: str) -> None:
    assert nanoseconds(text) == nanos
    assert duration(nanos) == short
