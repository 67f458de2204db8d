"""The rules on their own: a file in, findings and an exit code out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
URN = "urn:pulumi:dev::shop::docker:index/network:Network::front"
OPEN: dict[str, Any] = {
    "urn": URN,
    "type": "docker:index/network:Network",
    "inputs": {
        "__defaults": ["name"],
        "name": "front-0123abc",
        "driver": "overlay",
        "ipamConfigs": [{"subnet": "10.0.0.0/27", "gateway": "10.0.0.1"}],
    },
}
CLOSED = {**OPEN, "inputs": {**OPEN["inputs"], "internal": True}}
SIGNATURE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def checked(folder: Path, document: object, *options: str) -> subprocess.CompletedProcess[str]:
    file = folder / "file.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    command = [sys.executable, "-m", "policies", "check", str(file), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def exported(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": list(resources)}}


def previewed(op: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {"steps": [{"op": op, "urn": resource["urn"], "newState": resource}]}


@pytest.mark.parametrize(
    "document",
    [
        exported(OPEN),
        {"version": 3, "checkpoint": {"latest": {"resources": [OPEN]}}},
        previewed("create", OPEN),
        previewed("update", OPEN),
    ],
    ids=["exported", "state", "create", "update"],
)
def test_a_violation_is_found_in_every_kind_of_file(tmp_path: Path, document: dict[str, Any]) -> None:
    result = checked(tmp_path, document)
    assert result.returncode == 1
    assert (
        result.stdout
        == "violation critical networks-are-internal front: internal is not set\n1 resources, 1 violations\n"
    )


@pytest.mark.parametrize(
    "document", [exported(CLOSED), exported(), previewed("delete", OPEN), exported({**OPEN, "delete": True})]
)
def test_a_stack_that_keeps_the_rules_passes(tmp_path: Path, document: dict[str, Any]) -> None:
    result = checked(tmp_path, document)
    assert (result.returncode, result.stdout.split()[-2:]) == (0, ["0", "violations"])


def test_findings_are_data_when_asked_for(tmp_path: Path) -> None:
    [found] = json.loads(checked(tmp_path, exported(OPEN), "--json").stdout)
    assert (found["rule"], found["severity"], found["urn"], found["stops"]) == (
        "networks-are-internal", "critical", URN, True,
    )  # fmt: skip


def test_an_encrypted_value_outside_a_secret_is_found_without_its_key(tmp_path: Path) -> None:
    sealed = {**CLOSED, "inputs": {**CLOSED["inputs"], "driver": {**SIGNATURE, "ciphertext": "v1:abc:def"}}}
    result = checked(tmp_path, exported(sealed))
    assert "sealed-values-stay-in-secrets front: driver is made from a secret" in result.stdout
    assert "networks-are-overlays front: cannot be decided at preview: needs a literal driver" in result.stdout


@pytest.mark.parametrize("document", ["", "{", "[]", "{}", '{"steps": [{}]}', '{"deployment": {"resources": [{}]}}'])
def test_a_file_of_something_else_is_refused(tmp_path: Path, document: str) -> None:
    result = checked(tmp_path, document)
    assert (result.returncode, result.stdout) == (2, "")
    assert "cannot be read as a Pulumi stack or preview" in result.stderr


def test_what_the_real_engine_stored_is_read(tmp_path: Path) -> None:
    """The recorded state of a stack: its rules are those of another program, and the service is judged by name."""
    recorded = ROOT / "tests" / "engine" / "conformance" / "recorded" / "docker-service.json"
    resources = json.loads(recorded.read_text())[0]["state"]
    for resource in resources:
        resource["urn"] = f"urn:pulumi:dev::docker-service::{resource['urn']}"
    found = json.loads(checked(tmp_path, exported(*resources), "--json").stdout)
    by_service = {entry["rule"] for entry in found if entry["urn"].endswith("::svc")}
    assert {"images-are-immutable", "health-checks-ask-the-service", "services-say-who-they-are"} <= by_service
    assert "root-filesystems-are-read-only" not in by_service
