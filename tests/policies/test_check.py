"""The rules on their own: a file in, findings and an exit code out."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from policies.rules.pack.entry import main

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
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["check", str(file), *options], ROOT / "policies" / "waivers.yaml")
    return subprocess.CompletedProcess([], code, out.getvalue(), err.getvalue())


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
    lines = result.stdout.splitlines()
    assert "    [mandatory] networks-are-internal  Network  front  (rempart@v0.1.0)" in lines
    assert "        internal is not set" in lines
    assert lines[-1] == "1 resources, 1 violations"


@pytest.mark.parametrize(
    "document", [exported(CLOSED), exported(), previewed("delete", OPEN), exported({**OPEN, "delete": True})]
)
def test_a_stack_that_keeps_the_rules_passes(tmp_path: Path, document: dict[str, Any]) -> None:
    result = checked(tmp_path, document)
    assert (result.returncode, result.stdout.split()[-2:]) == (0, ["0", "violations"])


def test_findings_are_data_when_asked_for(tmp_path: Path) -> None:
    document = json.loads(checked(tmp_path, exported(OPEN), "--json").stdout)
    [found] = document["findings"]
    assert (document["stack"], document["verdict"]) == ("dev", "violations")
    assert (found["rule"], found["severity"], found["urn"], found["stops"]) == (
        "networks-are-internal", "critical", URN, True,
    )  # fmt: skip


def test_every_form_is_written_besides(tmp_path: Path) -> None:
    wanted = {form: tmp_path / form for form in ("json", "sarif", "junit", "markdown", "table")}
    options = [word for form, file in wanted.items() for word in ("--report", f"{form}={file}")]
    result = checked(tmp_path, exported(OPEN), *options, "--source", "shop.py")
    assert result.returncode == 1
    [run] = json.loads(wanted["sarif"].read_text())["runs"]
    [told] = run["results"]
    assert told["ruleId"] == "networks-are-internal"
    assert told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shop.py"
    assert "## `dev`: refused" in wanted["markdown"].read_text()
    assert '<failure type="violation"' in wanted["junit"].read_text()
    assert wanted["table"].read_text() in result.stdout


def test_a_preview_also_says_what_changes(tmp_path: Path) -> None:
    document = json.loads(checked(tmp_path, previewed("create", CLOSED), "--json").stdout)
    assert document["presences"] == [{"state": "appears", "kind": "link", "name": "front"}]
    assert document["verdict"] == "passed"


def test_a_file_comes_from_standard_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "policies", "check", "-", "--json"]
    ran = subprocess.run(
        command, cwd=ROOT, input=json.dumps(exported(OPEN)), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["verdict"] == "violations"


def test_the_pack_checks_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "file.json").write_text(json.dumps(exported(CLOSED)))
    command = [sys.executable, str(ROOT / "policies"), "check", "file.json"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


WAIVER = {
    "rule": "networks-are-internal", "resource": "fro*", "reason": "it is the front", "owner": "operators",
    "expires": "2999-01-01",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code", "status"),
    [({}, 0, "waived"), ({"expires": "2020-01-01"}, 1, "expired waiver"), ({"resource": "back"}, 1, "unused waiver")],
)
def test_waivers_of_ones_own_are_in_force_expired_or_unused(
    tmp_path: Path, changed: dict[str, str], code: int, status: str
) -> None:
    entry = WAIVER | changed
    file = tmp_path / "mine.yaml"
    file.write_text("- " + "\n  ".join(f"{key}: {value}" for key, value in entry.items()))
    result = checked(tmp_path, exported(OPEN), "--json", "--waivers", str(file))
    assert result.returncode == code
    document = json.loads(result.stdout)
    assert status in {found["status"] for found in document["findings"]}
    held = document["waivers"]
    assert {"waived": held["inForce"], "expired waiver": held["expired"], "unused waiver": held["unused"]}[status]


@pytest.mark.parametrize(
    ("given", "code", "statuses"),
    [
        ({"networks-are-internal": "disabled"}, 0, set()),
        ({"networks-are-internal": "advisory"}, 0, {"advice"}),
        ({"all": "advisory", "networks-are-internal": {"enforcementLevel": "mandatory"}}, 1, {"violation"}),
        ({"waivers": {"profile": "cis-strict"}}, 1, {"violation"}),
    ],
)
def test_the_check_is_configured_as_pulumi_configures_the_pack(
    tmp_path: Path, given: dict[str, Any], code: int, statuses: set[str]
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(given))
    result = checked(tmp_path, exported(OPEN), "--json", "--config", str(tmp_path / "config.json"))
    assert result.returncode == code
    document = json.loads(result.stdout)
    assert {found["status"] for found in document["findings"] if found["rule"] == "networks-are-internal"} == statuses
    assert document["rules"]["profile"] == ("cis-strict" if "waivers" in given else "baseline")


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--config", "{", "is no JSON (line 1, column 2); give what --policy-pack-config takes"),
        ("--config", '{"nothing": "mandatory"}', "nothing: no rule has this id"),
        ("--config", '{"passwords-are-long": {"length": "x"}}', "passwords-are-long.length: 'x' is not of type"),
        ("--config", '{"waivers": {"profile": "lax"}}', "waivers.profile: 'lax' is not one of"),
        ("--waivers", "- rule: [", "is no YAML"),
        ("--waivers", "- rule: x", "must have expires, owner, reason, resource, rule"),
        ("--waivers", None, "cannot be read: No such file or directory; give a list of waivers"),
        ("--report", "pdf=x", "must be FORMAT=FILE, the format one of table, json, sarif, junit, markdown"),
    ],
)
def test_what_makes_no_sense_is_one_error_with_its_place(
    tmp_path: Path, option: str, content: str | None, said: str
) -> None:
    file = tmp_path / "given"
    if content is not None:
        file.write_text(content)
    result = checked(tmp_path, exported(OPEN), option, content or "" if option == "--report" else str(file))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert said in result.stderr


def test_an_encrypted_value_outside_a_secret_is_found_without_its_key(tmp_path: Path) -> None:
    sealed = {**CLOSED, "inputs": {**CLOSED["inputs"], "driver": {**SIGNATURE, "ciphertext": "v1:abc:def"}}}
    result = checked(tmp_path, exported(sealed))
    assert "        driver is made from a secret" in result.stdout
    assert "[undecided] networks-are-overlays  Network  front" in result.stdout
    assert "        cannot be decided at preview: needs a literal driver" in result.stdout


@pytest.mark.parametrize("document", ["", "{", "[]", "{}", '{"steps": [{}]}', '{"deployment": {"resources": [{}]}}'])
def test_a_file_of_something_else_is_refused(tmp_path: Path, document: str) -> None:
    result = checked(tmp_path, document)
    assert (result.returncode, result.stdout) == (2, "")
    assert "; give what `pulumi stack export` or `pulumi preview --json` prints, or a state file\n" in result.stderr
    assert result.stderr.startswith(f"error: {tmp_path / 'file.json'}: ")


def test_what_the_real_engine_stored_is_read(tmp_path: Path) -> None:
    """The recorded state of a stack: its rules are those of another program, and the service is judged by name."""
    recorded = ROOT / "tests" / "engine" / "conformance" / "recorded" / "docker-service.json"
    resources = json.loads(recorded.read_text())[0]["state"]
    for resource in resources:
        resource["urn"] = f"urn:pulumi:dev::docker-service::{resource['urn']}"
    found = json.loads(checked(tmp_path, exported(*resources), "--json").stdout)["findings"]
    by_service = {entry["rule"] for entry in found if entry["urn"].endswith("::svc")}
    assert {"images-are-immutable", "health-checks-ask-the-service", "services-say-who-they-are"} <= by_service
    assert "root-filesystems-are-read-only" not in by_service
