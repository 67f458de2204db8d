"""The program as it is shipped, held against every rule: nothing found, nothing left undecided at a first preview."""

from __future__ import annotations

import importlib.util
import json
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from pulumi.runtime import config

from policies.rules import RULES
from policies.rules.kit.resource import Resource
from policies.rules.kit.rule import SERVICE
from policies.rules.kit.stack import Stack
from policies.rules.pack.judge import Finding, Judge
from policies.rules.pack.waiver import load
from tests.live.checkout import gateway_certificate, thrown_away
from tests.policies.recorder import record

ROOT = Path(__file__).parents[2]
CANARY = "canary-7f3Kq9Zt2Lx5Vb8Nc1Md"


def program(folder: Path) -> Any:
    """The real __main__.py, with a lock file that names images nobody has built."""
    spec = importlib.util.spec_from_file_location("program", ROOT / "__main__.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    reference = {"id": "sha256:" + "0" * 64, "context": "0" * 64, "packages": {}}
    lock = {
        image.name: {"reference": f"rempart/{image.name}:sha256-{'0' * 64}", **reference}
        for image in (ROOT / "images").iterdir()
        if (image / "Dockerfile").exists()
    }
    (folder / "images.lock.json").write_text(json.dumps(lock))
    module.ROOT = folder  # type: ignore[attr-defined]
    return module


WITH_MONGODB = {
    "mongodb": True,
    "mongo_express": True,
    "operators": gateway_certificate("operators.example")[0],
    "images": {
        name: f"registry.example/{name}@sha256:{'0' * 64}"
        for name in ("mongodb", "mongodb-exporter", "mongo-express", "backend")
    },
}
"""Check-in as its document has it. MongoDB was never run here: its services are planned and judged."""


@cache
def deployed(stack: str, with_mongodb: bool = False) -> list[Resource]:
    """What the program asks for in a stack, with throw-away secrets."""
    settings = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]["rempart:settings"]
    settings |= WITH_MONGODB if with_mongodb else {}
    keys = {f"rempart:{key}": value for key, value in thrown_away(mark=CANARY).items()}
    keys["rempart:gatewayCertificate"] += CANARY
    keys["rempart:gatewayKey"] = CANARY
    before = dict(config.CONFIG.get())
    config.set_all_config({"rempart:settings": json.dumps(settings), **keys}, list(keys))
    try:
        with TemporaryDirectory() as folder:
            return record(program(Path(folder)).main, stack, project="rempart")
    finally:
        config.set_all_config(before)


def findings(resources: list[Resource]) -> list[Finding]:
    judge = Judge(RULES, load(ROOT / "policies" / "waivers.yaml", [rule.id for rule in RULES]))
    return [f for resource in resources for f in judge.resource(resource)] + list(judge.stack(Stack(resources)))


@pytest.mark.parametrize("stack", ["dev", "stage", "prod", "recyclic", "checkin", "samaconso"])
def test_the_program_as_shipped_keeps_every_rule(stack: str) -> None:
    resources = deployed(stack)
    assert len([resource for resource in resources if resource.type == SERVICE]) > 10
    assert [(f.rule.id, f.urn.rpartition("::")[2], f.problem) for f in findings(resources) if f.stops] == []


def test_check_in_with_mongodb_keeps_every_rule() -> None:
    resources = deployed("checkin", with_mongodb=True)
    services = {resource.name for resource in resources if resource.type == SERVICE}
    assert {f"checkin-mongodb-{part}-service" for part in ("1", "2", "3", "keeper")} <= services
    assert [(f.rule.id, f.urn.rpartition("::")[2], f.problem) for f in findings(resources)] == []


def test_judging_a_stack_is_quick() -> None:
    resources = deployed("dev")
    assert len(resources) > 450
    started = time.process_time()
    findings(resources)
    assert time.process_time() - started < 1


def test_no_message_holds_a_secret() -> None:
    """Every property of every resource is made to break its rules, with the canary in it."""
    spoiled = [
        Resource(resource.type, resource.name, resource.urn, _spoiled(resource.props), options=resource.options)
        for resource in deployed("dev")
    ]
    messages = [finding.message for finding in findings(spoiled)]
    assert len(messages) > 1000
    assert [message for message in messages if CANARY in message] == []


def _spoiled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _spoiled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_spoiled(item) for item in value]
    return f"https://user:{CANARY}@host/{value}?token={CANARY}" if isinstance(value, str) else value
