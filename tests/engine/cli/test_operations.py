"""The four operations as a person types them, on the real engine."""

import json
import subprocess

import pytest
import yaml

from tests.engine.cli.conftest import PROGRAM, ROOT, Place

PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def long(args, report):
    if args.resource_type == "random:index/randomPassword:RandomPassword" and args.props["length"] < 20:
        report(f"is {args.props['length']} long")


PolicyPack("demo", [ResourceValidationPolicy("long-enough", "Passwords are long.", long, EnforcementLevel.MANDATORY)])
"""


@pytest.fixture
def dev(place: Place) -> Place:
    place.must("stack", "select", "dev")
    return place


def add_pack(place: Place) -> None:
    folder = place.path / "policies"
    folder.mkdir()
    description = {"name": "demo", "version": "1.2.3", "runtime": {"name": "python"}}
    (folder / "PulumiPolicy.yaml").write_text(yaml.safe_dump(description))
    (folder / "__main__.py").write_text(PACK)


def test_a_life_from_preview_to_destroy(dev: Place) -> None:
    plan = subprocess.run(
        [ROOT / "pulumiw", "preview"], cwd=dev.path, env=dev.environment, capture_output=True, text=True, check=True
    ).stdout
    assert " +  └─ Safe  safe" in plan
    assert " +     └─ RandomPassword  safe-password" in plan
    assert "Resources: 3 to create" in plan
    made = dev.must("up", "--yes")
    assert made.index("Previewing (dev):") < made.index("Updating (dev):")
    assert "    password: [secret]\n    size: 16\n" in made
    assert "Resources: 3 unchanged" in dev.must("preview", "--expect-no-changes")
    assert json.loads(dev.must("stack", "output", "--json")) == {"size": 16, "password": "[secret]"}
    assert len(dev.must("stack", "output", "password", "--show-secrets").strip()) == 16

    dev.must("config", "set", "size", "24")
    assert "no changes were expected" in dev.refused("preview", "--expect-no-changes")
    changed = dev.must("up", "--yes", "--diff")
    assert "+-    └─ RandomPassword  safe-password  [diff: ~length]" in changed
    assert "    ~ length: 16 => 24" in changed
    assert "Resources: 2 same, 1 replace\n" in changed
    assert "Resources: 1 refresh" in dev.must("refresh", "--yes")
    assert "still has 4 resources" in dev.refused("stack", "rm", "--yes")
    assert "Resources: 3 delete" in dev.must("destroy", "--yes")
    dev.must("stack", "rm", "--yes")


def test_a_preview_as_one_document(dev: Place) -> None:
    add_pack(dev)
    document = dev.document("preview")
    assert document["changeSummary"] == {"create": 3}
    assert document["ok"] is False
    assert [step["op"] for step in document["steps"]] == ["create"] * 4
    password = next(step for step in document["steps"] if step["urn"].endswith("::safe-password"))
    assert password["newState"]["type"] == "random:index/randomPassword:RandomPassword"
    assert password["newState"]["inputs"]["length"] == 16
    assert [(each["severity"], each["policy"]) for each in document["policyFindings"]] == [("mandatory", "long-enough")]


def test_a_preview_writes_its_reports_also_when_a_policy_stops_it(dev: Place) -> None:
    add_pack(dev)
    done = dev.run("preview", "--report", "markdown=preview.md", "--report", "junit=preview.xml")
    assert done.returncode == 1
    told = (dev.path / "preview.md").read_text()
    assert "## `dev`: refused" in told
    assert "| **violation** | `long-enough` | `safe-password` | is 16.0 long |" in told
    assert "demo@v" not in told
    assert 'failures="1"' in (dev.path / "preview.xml").read_text()
    assert dev.document("preview")["report"]["verdict"] == "violations"
    assert "the folder no/such does not exist" in dev.refused("preview", "--report", "json=no/such/file")


def test_a_pack_is_configured_by_a_file(dev: Place) -> None:
    add_pack(dev)
    (dev.path / "policy.json").write_text('{"long-enough": "advisory"}')
    assert "[advisory] long-enough" in dev.must("up", "--yes", "--policy-pack-config", "policy.json")
    (dev.path / "policy.json").write_text('{"long-enough": "lax"}')
    refused = dev.refused("preview", "--policy-pack-config", "policy.json")
    assert refused.startswith("policy.json: long-enough.enforcementLevel: must be one of advisory")


def test_a_policy_stops_an_up_before_anything_is_made(dev: Place) -> None:
    add_pack(dev)
    done = dev.run("up", "--yes")
    assert done.returncode == 1
    assert "[mandatory] long-enough  RandomPassword  safe-password  (demo@v1.2.3)" in done.stdout
    assert "is 16.0 long" in done.stdout
    assert done.stderr == "error: up failed: 1 policy finding stops it, nothing was changed\n"
    assert "Updating" not in done.stdout
    dev.must("config", "set", "size", "24")
    dev.must("up", "--yes")


def test_a_program_that_fails_says_so_and_nothing_is_lost(dev: Place) -> None:
    dev.must("up", "--yes")
    (dev.path / "__main__.py").write_text(PROGRAM + 'raise RuntimeError("a bad day")\n')
    done = dev.run("up", "--yes")
    assert done.returncode == 1
    assert "a bad day" in done.stdout
    assert done.stderr == "error: up failed\n"
    (dev.path / "__main__.py").write_text(PROGRAM)
    assert "3 unchanged" in dev.must("preview")


def test_a_wrong_passphrase_is_one_clear_error(dev: Place) -> None:
    dev.must("up", "--yes")
    assert dev.refused("preview", PULUMI_CONFIG_PASSPHRASE="wrong").startswith("incorrect passphrase")


def test_a_plan_is_not_shown_when_it_is_skipped_but_is_made(dev: Place) -> None:
    add_pack(dev)
    done = dev.run("up", "--yes", "--skip-preview")
    assert done.returncode == 1
    assert "[mandatory] long-enough" in done.stdout
    assert "Updating" not in done.stdout


def test_a_secret_of_the_configuration_is_never_shown(dev: Place) -> None:
    dev.must("config", "set", "--secret", "vault", "hunter2-hunter2")
    leak = 'pulumi.export("leak", pulumi.Config().require_secret("vault"))\nraise RuntimeError("saw hunter2-hunter2")\n'
    (dev.path / "__main__.py").write_text(PROGRAM + leak)
    for arguments in (("preview", "--json"), ("up", "--yes", "--diff")):
        done = dev.run(*arguments)
        assert done.returncode == 1
        assert "hunter2" not in done.stdout + done.stderr
