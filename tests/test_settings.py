"""The settings are one validated object: every fault is named by its path, and none repeats what was written."""

import json
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from settings import Settings, SettingsError, of_stack
from systems import KNOWN, read

ROOT = Path(__file__).parent.parent
SHIPPED = ["git", "ls-files", "Pulumi.*.yaml"]
STACKS = [file.split(".")[1] for file in subprocess.check_output(SHIPPED, cwd=ROOT, text=True).splitlines()]
DEVELOPMENT = {"system": "assistant", "environment": "development", "database": "things", "certificate": "root"}
PRODUCTION = {
    "system": "assistant",
    "environment": "production",
    "database": "things",
    "replicas": {"gateway": 2, "api": 2, "agent": 2, "oauth_manager": 2, "sms_router": 2, "worker": 3},
}


def stack(name: str) -> dict[str, Any]:
    return of_stack(ROOT, name)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "images.lock.json"
    file.write_text(json.dumps({"app": {"reference": f"rempart/app:sha256-{'0' * 64}"}}))
    return file


def faults(values: object, lock: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(values, lock)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("name", STACKS)
def test_every_stack_is_valid_and_commits_no_secret(name: str, lock: Path) -> None:
    assert isinstance(read(stack(name), lock), Settings)
    shown = subprocess.run(
        ["git", "show", f":Pulumi.{name}.yaml"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "rempart:settings" in shown
    assert "secure:" not in shown
    assert "encryptionsalt" not in shown


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"config: [hunter2", "Pulumi.mine.yaml:1: is not YAML"),
        (b"config:\n  a: {b: [\n", "Pulumi.mine.yaml:3: is not YAML"),
        (b"\xff\xfehunter2", "Pulumi.mine.yaml: is not YAML"),
        (b"hunter2", "Pulumi.mine.yaml: config.rempart:settings must be an object"),
        (b"", "Pulumi.mine.yaml: config.rempart:settings must be an object"),
        (b"encryptionsalt: v1:hunter2", "Pulumi.mine.yaml: config.rempart:settings must be an object"),
        (b"config: {rempart:settings: hunter2}", "Pulumi.mine.yaml: config.rempart:settings must be an object"),
        (None, "there is no stack mine; there are dev"),
    ],
)
def test_a_stack_file_without_settings_is_one_sentence_and_repeats_nothing(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    (tmp_path / "Pulumi.dev.yaml").touch()
    if content is not None:
        (tmp_path / "Pulumi.mine.yaml").write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        of_stack(tmp_path, "mine")
    assert str(caught.value).startswith(says)
    assert "hunter2" not in str(caught.value)


def test_no_two_stacks_share_a_pool(lock: Path) -> None:
    pools = [read(stack(name), lock).subnets.pool for name in STACKS]
    assert not any(one.overlaps(other) for one, other in combinations(pools, 2))


def test_only_dev_relaxes_and_only_prod_is_production(lock: Path) -> None:
    read_stacks = [read(stack(name), lock) for name in ("dev", "stage", "prod")]
    assert [one.environment for one in read_stacks] == ["development", "staging", "production"]
    assert [one.requires_every_secret for one in read_stacks] == [False, True, True]


def test_an_unknown_setting_is_refused_with_those_that_are_known(lock: Path) -> None:
    (fault,) = faults({**DEVELOPMENT, "repliacs": {}}, lock)
    assert fault.startswith("settings.repliacs: unknown; accepted here: certificate, database, demo, environment,")


def test_an_unknown_setting_of_a_group_is_refused_with_those_of_the_group(lock: Path) -> None:
    assert faults({**DEVELOPMENT, "ports": {"htttp": 80}}, lock) == [
        "settings.ports.htttp: unknown; accepted here: http, https"
    ]


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"replicas": {"api": 0}}, "settings.replicas.api: Input should be greater than or equal to 1"),
        ({"replicas": {"api": "two"}}, "settings.replicas.api: Input should be a valid integer"),
        ({"replicas": 2}, "settings.replicas: must be an object; accepted here: agent, api, edge, "),
        ({"ports": {"http": 70000}}, "settings.ports.http: Input should be less than or equal to 65535"),
        ({"environment": "dev"}, "settings.environment: Input should be 'development', 'staging' or 'production'"),
        ({"system": "other"}, f"settings.system: unknown; accepted here: {', '.join(KNOWN)}"),
        ({"system": None}, "settings.system: missing; accepted here: assistant"),
        ({"system": ["assistant"]}, "settings.system: unknown"),
        ({"host": "https://x"}, "settings.host: String should match pattern"),
        ({"database": "x; DROP"}, "settings.database: String should match pattern"),
        ({"subnets": {"pool": "10.0.0.1/8"}}, "settings.subnets.pool: Input is not a valid IPv4 network"),
        ({"subnets": {"prefix": 28}}, "settings.subnets.prefix: Input should be less than or equal to 27"),
        ({"subnets": {"pins": {"a-to-b": "here"}}}, "settings.subnets.pins.a-to-b: Input is not a valid IPv4 network"),
        ({"generations": {"current": 0}}, "settings.generations.current: Input should be greater than or equal to 1"),
        ({"images": {"app": 1}}, "settings.images.app: Input should be a valid string"),
        ({"images": []}, "settings.images: Input should be a valid dictionary"),
        (
            {"generations": {"current": 2, "previous": 2}},
            "settings.generations.previous: must be lower than current (2)",
        ),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_by_its_path_with_what_is_accepted(
    values: dict[str, Any], fault: str, lock: Path
) -> None:
    (found,) = faults({**DEVELOPMENT, **values}, lock)
    assert found.startswith(fault)


def test_every_fault_has_its_line(lock: Path) -> None:
    found = faults({**DEVELOPMENT, "ports": {"http": 0}, "replicas": {"api": 0}, "colour": "red"}, lock)
    assert [line.split(":")[0] for line in found] == [
        "settings.ports.http", "settings.replicas.api", "settings.colour",
    ]  # fmt: skip


@pytest.mark.parametrize("missing", ["environment", "database"])
def test_a_missing_setting_is_named(missing: str, lock: Path) -> None:
    values = {key: value for key, value in DEVELOPMENT.items() if key != missing}
    assert faults(values, lock) == [f"settings.{missing}: Field required"]


@pytest.mark.parametrize("values", [None, "text", ["list"], 1])
def test_settings_are_an_object(values: object, lock: Path) -> None:
    assert faults(values, lock) == ["settings: must be an object"]


@pytest.mark.parametrize("service", ["gateway", "api", "agent", "oauth_manager", "sms_router", "worker"])
def test_production_survives_losing_a_replica(service: str, lock: Path) -> None:
    assert read(PRODUCTION, lock).model_dump()["replicas"]["worker"] == 3
    replicas = {**PRODUCTION["replicas"], service: 1}  # type: ignore[dict-item]
    least = 3 if service == "worker" else 2
    expected = f"settings.replicas.{service}: production needs at least {least}"
    assert faults({**PRODUCTION, "replicas": replicas}, lock) == [expected]


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize(
    ("relaxed", "fault"),
    [
        ({"live_reload": True}, "settings.live_reload: only development may switch it on"),
        ({"demo": True}, "settings.demo: only development may switch it on"),
        ({"certificate": "root"}, "settings.certificate: only development may use the stack's root"),
    ],
)
def test_only_development_relaxes(environment: str, relaxed: dict[str, Any], fault: str, lock: Path) -> None:
    read({**DEVELOPMENT, **relaxed}, lock)
    (found,) = faults({**PRODUCTION, "environment": environment, **relaxed}, lock)
    assert found.startswith(fault)


@pytest.mark.parametrize(
    "values",
    [
        {"password": "hunter2"},
        {"database": "hunter2 "},
        {"environment": "hunter2"},
        {"replicas": {"api": "hunter2"}},
        {"ports": "hunter2"},
        {"images": {"app": ["hunter2"]}},
        {"subnets": {"pool": "hunter2", "pins": {"a": "hunter2"}}},
    ],
)
def test_an_error_never_repeats_what_was_written(values: dict[str, Any], lock: Path) -> None:
    assert "hunter2" not in "\n".join(faults({**DEVELOPMENT, **values}, lock))


def test_settings_that_are_built_directly_hide_their_input_too() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({**DEVELOPMENT, "environment": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_an_image_comes_from_the_lock_file_unless_the_stack_names_another(lock: Path) -> None:
    assert read(DEVELOPMENT, lock).image("app") == f"rempart/app:sha256-{'0' * 64}"
    other = f"registry.example/app@sha256:{'1' * 64}"
    assert read({**DEVELOPMENT, "images": {"app": other}}, lock).image("app") == other


def test_an_image_that_was_never_built_is_refused_with_what_helps(tmp_path: Path) -> None:
    settings = read(DEVELOPMENT, tmp_path / "images.lock.json")
    with pytest.raises(SettingsError, match=r"images\.app: no such image; run `make images`"):
        settings.image("app")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"app": {}}', '{"app": null}', '{"app": "x"}'])
def test_a_broken_lock_file_is_refused_with_what_helps(text: str, tmp_path: Path) -> None:
    file = tmp_path / "images.lock.json"
    file.write_text(text)
    assert faults(DEVELOPMENT, file) == ["images.lock.json: is not a lock file; run `make images` to make it again"]
