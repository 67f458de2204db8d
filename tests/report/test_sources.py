"""The same report, whoever made the plan: the embedded engine, the CLI's stream, or a file that was checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine import events as told
from engine.cli.display import Display
from engine.cli.reporting import Plan
from engine.cli.stream import events
from engine.events import Diagnostic, Event, PolicyFinding, PolicyPack, StepStarted
from engine.values import reveal
from policies.rules import RULES
from policies.rules.kit.resource import Resource
from policies.rules.kit.rule import NETWORK
from policies.rules.pack import document as pulumis
from policies.rules.pack.configuration import Configuration
from policies.rules.pack.judge import Judge
from policies.rules.pack.reported import reported
from policies.rules.pack.waiver import Waiver
from report import document, files, said
from report.model import Report, Rule, Status
from tests.engine.stacks import resources
from tests.report.conftest import CANARY, Shop, opened

PACK = Path(__file__).parents[2] / "policies"


def streamed(plan: Plan) -> Report:
    """The report of the same plan, told by the CLI's stream of events."""
    lines: list[dict[str, Any]] = [
        {"resourcePreEvent": {"planning": True, "metadata": {
            "op": step.op, "urn": step.urn, "diffs": list(step.diffs), "keys": list(step.keys),
            "old": {"inputs": step.old} if step.old else None, "new": {"inputs": step.new} if step.new else None}}}
        for step in plan.steps
    ]  # fmt: skip
    for found in plan.findings:
        name, _, version = found.pack.partition("@v")
        about = {"policyName": found.policy, "policyPackName": name, "policyPackVersion": version}
        said_ = {**about, "enforcementLevel": found.severity, "message": f"<{{%reset%}}>{found.message}<{{%reset%}}>\n"}
        lines.append({"policyEvent": {**said_, "resourceUrn": found.urn}})
    for number, rule in enumerate(plan.rules.values()):
        kind = "policyAnalyzeSummaryEvent" if number % 2 else "policyAnalyzeStackSummaryEvent"
        about = {"policyPackName": rule.pack, "policyPackVersion": plan.packs[rule.pack]}
        lines.append({kind: {**about, "passed" if number % 3 else "failed": [rule.id]}})
    display = Display("dev", as_json=True, measures=plan.measures)
    for event in events(json.dumps(line) for line in lines):
        display(event)
    described = [PolicyPack(name, version, _described(plan)) for name, version in plan.packs.items()]
    display.plan.describe(described)
    return display.plan.report(ok=not plan.findings)


def _described(plan: Plan) -> Any:
    return tuple(
        told.Rule(it.id, it.title, it.rationale, it.remedy, it.severity,
                  (f"family:{it.family}", f"profile:{it.profile}"), it.references)
        for it in plan.rules.values()
    )  # fmt: skip


@pytest.fixture(scope="module", params=["first", "changed"])
def planned(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Shop, Plan, Report]]:
    """A plan with findings of the project's own pack; a secret is where it should not be."""
    with opened(tmp_path_factory.mktemp("planned") / "shop") as shop:
        if request.param == "changed":
            shop.up()
            shop.database["image"] = "shop/database:2"
            shop.database["secrets"].remove("database-key")
        shop.front["leaks"] = True
        shop.packs = [PACK]
        plan, result = shop.plan()
        yield shop, plan, plan.report(ok=result.ok)


def test_the_stream_of_the_cli_leads_to_the_same_report(planned: tuple[Shop, Plan, Report]) -> None:
    _, plan, own = planned
    assert own.findings
    assert own.rules
    assert document.document(streamed(plan)) == document.document(own)


def test_no_form_of_a_report_holds_a_secret(planned: tuple[Shop, Plan, Report], tmp_path: Path) -> None:
    shop, plan, report = planned
    assert any(finding.rule.startswith("sealed-values") for finding in report.findings)
    wanted = [(form, tmp_path / form) for form in files.FORMATS]
    files.write(report, wanted)
    written = "".join(path.read_text() for _, path in wanted)
    assert "LEAK" in written
    state = shop.stack.location.state
    secrets = {CANARY, *([] if not state.exists() else _passwords(shop))}
    for secret in secrets:
        assert secret not in written
        assert secret not in json.dumps([vars(step) for step in plan.steps])


def _passwords(shop: Shop) -> list[str]:
    held = [reveal(each.outputs).get("result") for each in resources(shop.stack).values()]
    found = [value for value in held if isinstance(value, str)]
    assert len(found) == 3
    return found


def test_a_check_of_the_previews_document_finds_the_same_changes(planned: tuple[Shop, Plan, Report]) -> None:
    _, plan, own = planned
    steps = [
        {"op": step.op, "urn": step.urn, "diffReasons": list(step.diffs), "replaceReasons": list(step.keys),
         "oldState": {"urn": step.urn, "type": "", "inputs": step.old},
         "newState": {"urn": step.urn, "type": "", "inputs": step.new}}
        for step in plan.steps
    ]  # fmt: skip
    checked = Report(stack="dev", changes=pulumis.changes({"steps": steps}))
    for part in ("changes", "presences"):
        assert document.document(checked)[part] == document.document(own)[part]
    assert [vars(each) for each in checked.consequences] == [vars(each) for each in own.consequences]


OPEN = Resource(NETWORK, "front", f"urn:pulumi:dev::shop::{NETWORK}::front", {
    "driver": "overlay", "ipamConfigs": [{"subnet": "10.0.0.0/27", "gateway": "10.0.0.1"}],
})  # fmt: skip


@pytest.mark.parametrize(
    ("waivers", "day", "status"),
    [
        ([], date(2030, 1, 1), Status.VIOLATION),
        (
            [Waiver("networks-are-internal", "fr*", "so: be it", "ops", date(2030, 1, 1))],
            date(2030, 1, 1),
            Status.WAIVED,
        ),
        (
            [Waiver("networks-are-internal", "fr*", "so: be it", "ops", date(2030, 1, 1))],
            date(2030, 1, 2),
            Status.EXPIRED,
        ),
    ],
)
def test_what_the_pack_says_is_read_as_it_is_meant(waivers: list[Waiver], day: date, status: Status) -> None:
    """Over Pulumi's protocol a waiver is words in a message; they lead to the same finding as the pack's own data."""
    judge = Judge(RULES, waivers, today=day)
    [found] = judge.resource(OPEN)
    [meant] = reported(judge, Configuration(), [OPEN], [found], [], "x").findings[:1]
    rule = Rule(found.rule.id, title=found.rule.title, remedy=found.rule.remedy)
    level = "mandatory" if found.stops else "advisory"
    read = said.finding(meant.pack, found.rule.id, level, found.urn, found.message, rule)
    assert read == meant
    assert read.status is status


def test_a_rule_that_a_pack_could_not_decide_is_undecided_and_stops() -> None:
    seen: list[Event] = [
        StepStarted("create", OPEN.urn),
        PolicyFinding("p@v1", "r", "mandatory", OPEN.urn, "T\ncannot be decided at preview: needs a literal driver"),
        Diagnostic("info", "", "hello"),
    ]
    display = Display("dev", as_json=True)
    for event in seen:
        display(event)
    report = display.plan.report(ok=False)
    assert [finding.status for finding in report.stopping] == [Status.UNDECIDED]
    assert report.verdict == "undecided"


def test_a_plan_that_could_not_be_made_is_a_failure_and_says_why() -> None:
    display = Display("dev", as_json=True)
    display(Diagnostic("error", OPEN.urn, "no such subnet"))
    report = display.plan.report(ok=False)
    assert (report.verdict, report.errors, report.asked) == ("failed", ["front: no such subnet"], False)
