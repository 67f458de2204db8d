"""A shop whose plans are reported, on the embedded engine."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from engine import api, crypto, history
from engine.cli.reporting import Plan
from engine.docker.files import Secret, ServiceConfig
from engine.docker.network import Network
from engine.docker.resource import Resource
from engine.docker.service import Service
from engine.docker.volume import Volume
from engine.events import Diagnostic, Event, PolicyFinding, PolicyPack, StepStarted
from engine.provider import Progress, Properties
from report.model import Report
from tests.engine.forked import start_warm
from tests.engine.stacks import stack_of

KINDS = (Network, Secret, Service, ServiceConfig, Volume)
CANARY = "canary-5d41402abc4b2a76b9719d911017c592"
SHOP: dict[str, Any] = {
    "links": ["api-to-database"],
    "services": {
        "api": {"image": "shop/api:1", "order": "start-first", "ports": [8443], "secrets": ["api-token"]},
        "database": {"image": "shop/database:1", "secrets": ["database-password", "database-key"]},
    },
}


@dataclass
class Shop:
    """Its stack in `folder`. `about` is what it consists of; a test changes it and looks at the report."""

    folder: Path
    packs: list[Path] = field(default_factory=list)
    configs: list[dict[str, Any]] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(SHOP))
    events: list[Event] = field(default_factory=list)

    @property
    def front(self) -> dict[str, Any]:
        about: dict[str, Any] = self.about["services"]["api"]
        return about

    @property
    def database(self) -> dict[str, Any]:
        about: dict[str, Any] = self.about["services"]["database"]
        return about

    @property
    def stack(self) -> api.Stack:
        program = (Path(__file__).parent / "shop.py").read_text()
        config = {"demo:shop": self.about, "demo:canary": CANARY}
        return stack_of(self.folder, program, config=config, secret_keys=frozenset({"demo:canary"}))

    def plan(self) -> tuple[Plan, api.Result]:
        stack = self.stack
        plan = Plan("dev", lambda: history.last_rollouts(history.entries(stack.location)))
        take: dict[type, Callable[[Any], object]] = {
            StepStarted: plan.steps.append, Diagnostic: plan.diagnostics.append,
            PolicyFinding: plan.findings.append, PolicyPack: plan.asked,
        }  # fmt: skip

        def seen(event: Event) -> None:
            self.events.append(event)
            take.get(type(event), id)(event)

        return plan, api.preview(stack, policy_packs=self.packs, policy_configs=self.configs, on_event=seen)

    def preview(self) -> Report:
        plan, result = self.plan()
        return plan.report(ok=result.ok)

    def up(self) -> None:
        result = api.up(self.stack)
        assert result.ok, result.errors


@contextmanager
def opened(folder: Path) -> Iterator[Shop]:
    """A shop in `folder`. Docker does at once what it is asked to: these tests are about plans. A service takes its
    word for running.
    """

    def create(self: Resource, inputs: Properties, progress: Progress) -> tuple[str, Properties]:
        progress("running", runs=True)
        made = f"{inputs['name']}-id"
        return made, self.outputs(made, inputs, self.schema.complete(inputs, {}, fresh=True), fresh=True)

    def update(self: Resource, ref: str, old_outputs: Properties, news: Properties, progress: Progress) -> Properties:
        progress("stopped", runs=False)
        progress("running", runs=True)
        return create(self, news, progress)[1] | {"id": ref}

    with pytest.MonkeyPatch.context() as patch:
        start_warm(patch)
        patch.setattr(crypto, "ITERATIONS", 10)
        for kind in KINDS:
            patch.setattr(kind, "create", create)
            patch.setattr(kind, "update", update)
            patch.setattr(kind, "delete", lambda *_: None)
        yield Shop(folder)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop that a test may change."""
    with opened(tmp_path / "shop") as made:
        yield made
