"""A report after real roll-outs on a Docker engine in Swarm mode: what it says about the next one was measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import api, history
from engine.cli.reporting import Plan
from engine.events import PolicyPack, StepStarted
from report import markdown
from report.model import Report
from tests.engine.stacks import stack_of

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

PROGRAM = """
import pulumi
import pulumi_docker as docker
import pulumi_random as random

config = pulumi.Config()
network = docker.Network("web-to-ledger", driver="overlay", internal=True)


def service(name, order, health, secrets=()):
    mounted = [
        {"secret_id": each.id, "secret_name": each.name, "file_name": f"/run/secrets/{key}"}
        for key, each in secrets
    ]
    docker.Service(
        name,
        labels=[{"label": "rempart.service", "value": name}],
        task_spec={
            "container_spec": {
                "image": config.require("image"), "commands": ["bash", "-c", "sleep infinity & wait"], "init": True,
                "env": {"RELEASE": config.require("release")}, "secrets": mounted,
                "healthcheck": {"tests": ["CMD-SHELL", health], "interval": "2s", "timeout": "5s", "retries": 5},
            },
            "networks_advanceds": [{"id": network.id}],
        },
        endpoint_spec={"mode": "dnsrr"},
        update_config={"order": order, "failure_action": "rollback", "monitor": "3s"},
        converge_config={"delay": "500ms", "timeout": "60s"},
    )


def secret(name):
    return name, docker.Secret(name, data=random.RandomBytes(f"{name}-value", length=32).base64)


service("web", "start-first", "true")
names = ["ledger-key", "ledger-old-key"] if config.require("release") != "3" else ["ledger-key"]
service("ledger", "stop-first", "sleep 1", [secret(name) for name in names])
"""


class Deployed:
    def __init__(self, folder: Path, image: str) -> None:
        self.folder, self.image = folder, image

    def stack(self, release: int) -> api.Stack:
        return stack_of(
            self.folder, PROGRAM, project="shop", config={"shop:image": self.image, "shop:release": str(release)}
        )

    def up(self, release: int) -> None:
        result = api.up(self.stack(release))
        assert result.ok, result.errors

    def preview(self, release: int) -> Report:
        stack = self.stack(release)
        plan = Plan("dev", lambda: history.last_rollouts(history.entries(stack.location)))
        take: Any = {StepStarted: plan.steps.append, PolicyPack: plan.asked}
        result = api.preview(stack, on_event=lambda event: take.get(type(event), id)(event))
        return plan.report(ok=result.ok)


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Deployed]:
    docker = pytest.importorskip("docker").APIClient(version="auto")
    tags = [str(tag) for found in docker.images() for tag in found["RepoTags"] or ()]
    image = next((tag for tag in tags if tag.startswith("rempart/base:")), None)
    assert image, "no image with bash is here: run `make images`"
    stage = Deployed(tmp_path / "shop", image)
    yield stage
    assert api.destroy(stage.stack(0)).ok


def test_what_stopped_first_was_down_and_what_started_first_was_not(deployed: Deployed) -> None:
    deployed.up(1)
    assert markdown.text(deployed.preview(2)).count("not measured yet") == 2
    deployed.up(2)
    report = deployed.preview(3)
    ledger, web = report.consequences
    assert (ledger.what, web.what) == ("restarts: interrupted", "restarts: rolling, start-first")
    lasted = {each.name: report.last(each) for each in report.consequences}
    assert lasted["ledger"]
    assert lasted["web"]
    assert 1 < lasted["ledger"].down < lasted["ledger"].seconds
    assert lasted["web"].down == 0 < lasted["web"].seconds
    told = markdown.text(report)
    assert re.search(r"\| `ledger` \| \*\*restarts: interrupted\*\* \| last time down for [\d.]+ s of [\d.]+ s", told)
    assert "| disappears | 1 secret | ledger-old-key |" in told
