"""Every stack file that the project ships is planned by the engine, with its policies, and nothing stops it."""

import json
from pathlib import Path

import pytest
import yaml

from tests.live.checkout import ROOT, Checkout, thrown_away
from tests.policies.test_program import WITH_MONGODB

STACKS = {path.name.split(".")[1]: yaml.safe_load(path.read_text()) for path in ROOT.glob("Pulumi.*.yaml")}


@pytest.mark.parametrize("stack", sorted(STACKS))
def test_a_stack_as_shipped_is_planned_and_keeps_every_rule(tmp_path: Path, stack: str) -> None:
    checkout = Checkout.at(tmp_path)
    if STACKS[stack]["config"]["rempart:settings"]["environment"] != "development":
        checkout.secrets(stack, thrown_away())
    done = checkout.run("preview", "--stack", stack, "--json")
    plan = json.loads(done.stdout)
    assert (done.returncode, plan["errors"]) == (0, [])
    assert plan["changeSummary"]["create"] > 100


def test_check_in_with_mongodb_is_planned_though_it_is_never_run(tmp_path: Path) -> None:
    checkout = Checkout.at(tmp_path)
    document = yaml.safe_load((ROOT / "Pulumi.checkin.yaml").read_text())
    document["config"]["rempart:settings"] |= WITH_MONGODB
    (tmp_path / "Pulumi.checkin.yaml").write_text(yaml.safe_dump(document))
    done = checkout.run("preview", "--stack", "checkin", "--json")
    plan = json.loads(done.stdout)
    assert (done.returncode, plan["errors"]) == (0, [])
    planned = {step["urn"].rpartition("::")[2] for step in plan["steps"]}
    assert {f"checkin-mongodb-{part}-service" for part in ("1", "2", "3", "keeper")} <= planned
