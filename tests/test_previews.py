"""The stacks that no live test deploys are planned by the engine, with their policies; and what stops a plan."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.engine.quick import QuickCheckout
from tests.live.checkout import ROOT, thrown_away
from tests.policies.test_program import WITH_MONGODB

pytestmark = pytest.mark.usefixtures("quick")  # the test of the freeze starts every process
ELSEWHERE = {"dev", "prod", "samaconso", "checkin", "recyclic"}
"""The live tests deploy four of them, from a plan of each; the test of the freeze plans the last."""
STACKS = {path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")}


@pytest.mark.parametrize("stack", sorted(STACKS - ELSEWHERE))
def test_a_stack_as_shipped_is_planned_and_keeps_every_rule(tmp_path: Path, stack: str) -> None:
    checkout = QuickCheckout.at(tmp_path)
    checkout.secrets(stack, thrown_away())
    done = checkout.run("preview", "--stack", stack, "--json")
    plan = json.loads(done.stdout)
    assert (done.returncode, plan["errors"]) == (0, [])
    assert plan["changeSummary"]["create"] > 100


def preview(checkout: QuickCheckout, stack: str, settings: dict[str, Any]) -> Any:
    """The plan of a stack with more settings than it is shipped with; nothing stops it."""
    checkout.change(stack, **settings)
    done = checkout.run("preview", "--stack", stack, "--json")
    plan = json.loads(done.stdout)
    assert (done.returncode, plan["errors"]) == (0, [])
    return plan


def test_check_in_with_mongodb_is_planned_though_it_is_never_run(tmp_path: Path) -> None:
    plan = preview(QuickCheckout.at(tmp_path), "checkin", WITH_MONGODB)
    planned = {step["urn"].rpartition("::")[2] for step in plan["steps"]}
    assert {f"checkin-mongodb-{part}-service" for part in ("1", "2", "3", "keeper")} <= planned


def test_samaconso_on_three_servers_with_all_that_the_company_has_is_planned(tmp_path: Path) -> None:
    """Fixed forwards to its SQL servers and its mail relay, and its proxy above the egress, keep every rule."""
    settings = {
        "three_servers": True,
        "subnets": {"pool": "10.32.0.0/12", "nodes": 3},
        "sql_servers": {name: {"host": f"{name}.example", "port": 1433} for name in ("sic", "postpaid")},
        "mail_relay": {"host": "mail.example", "sender": "alerts@mail.example"},
        "corporate_proxy": {"host": "10.101.201.204", "port": 8080},
    }
    plan = preview(QuickCheckout.at(tmp_path), "samaconso", settings)
    planned = {step["urn"].rpartition("::")[2] for step in plan["steps"]}
    assert {f"samaconso-{name}-service" for name in ("sic", "postpaid", "mail-relay")} <= planned


@pytest.mark.parametrize("stack", ["stage", "prod"])
def test_a_missing_secret_fails_the_preview_by_name(tmp_path: Path, stack: str) -> None:
    said = refused(QuickCheckout.at(tmp_path), stack)
    assert "gatewayCertificate" in said
    assert "geminiApiKey" in said
    assert "Traceback" not in said


def test_a_secret_in_clear_is_refused_by_name(tmp_path: Path) -> None:
    checkout = QuickCheckout.at(tmp_path)
    checkout.must("config", "set", "--plaintext", "geminiApiKey", "in clear", "--stack", "prod")
    said = refused(checkout, "prod", "--json")
    assert "geminiApiKey" in said
    assert "in clear" not in said.replace("in clear: ", "")


def refused(checkout: QuickCheckout, *stack: str) -> str:
    """What a preview says that has to fail."""
    done = checkout.run("preview", "--stack", *stack)
    assert done.returncode == 1
    return done.stdout + done.stderr
