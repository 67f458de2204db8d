"""Waivers: listed while in force, violations when expired, warned about when unused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policies.rules import RULES
from policies.rules.kit.resource import Resource
from policies.rules.kit.rule import NETWORK
from policies.rules.pack.judge import Judge
from policies.rules.pack.waiver import Waiver, load

IDS = [rule.id for rule in RULES]
OPEN = Resource(NETWORK, "shop-open-network", "urn:pulumi:dev::shop::docker:index/network:Network::shop-open-network", {
    "driver": "overlay", "ipamConfigs": [{"subnet": "10.0.0.0/27", "gateway": "10.0.0.1"}],
})  # fmt: skip
WAIVER = Waiver("networks-are-internal", "*-open-network", "a demonstration", "the platform team", date(2030, 6, 30))
ENTRY = """
- rule: networks-are-internal
  resource: "*-open-network"
  reason: a demonstration
  owner: the platform team
  expires: 2030-06-30
"""


def judge(*waivers: Waiver, today: date = date(2030, 6, 30)) -> Judge:
    return Judge(RULES, waivers, today=today)


def test_a_finding_that_is_waived_is_listed_and_stops_nothing() -> None:
    [found] = judge(WAIVER).resource(OPEN)
    assert not found.stops
    assert "waived until 2030-06-30 by the platform team: a demonstration" in found.message


def test_an_expired_waiver_is_a_violation() -> None:
    [found] = judge(WAIVER, today=date(2030, 7, 1)).resource(OPEN)
    assert found.stops
    assert "the waiver has expired" in found.message


@pytest.mark.parametrize(
    "other",
    [
        Waiver("networks-are-overlays", "*-open-network", "r", "o", WAIVER.expires),
        Waiver("networks-are-internal", "*-closed-network", "r", "o", WAIVER.expires),
        Waiver("networks-are-internal", "*-open-network", "r", "o", WAIVER.expires, stack="prod"),
    ],
)
def test_a_waiver_covers_its_rule_resource_and_stack_only(other: Waiver) -> None:
    [found] = judge(other).resource(OPEN)
    assert found.stops


def test_a_waiver_that_covers_nothing_is_unused() -> None:
    judging = judge(WAIVER)
    assert judging.unused("dev") == [WAIVER]
    list(judging.resource(OPEN))
    assert judging.unused("dev") == []


def test_a_file_of_waivers_is_read(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text(ENTRY)
    assert load(tmp_path / "waivers.yaml", IDS) == [WAIVER]
    assert load(tmp_path / "none.yaml", IDS) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  owner: the platform team\n", "", "must have"),
        ("networks-are-internal", "networks-are-infernal", "no rule has this id"),
        ("2030-06-30", "next summer", "must be a date"),
        ("a demonstration", '""', "a text that says something"),
        ('"*-open-network"', '"*"', "names no resource in particular"),
    ],
)
def test_a_waiver_that_says_too_little_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "waivers.yaml").write_text(ENTRY.replace(old, new))
    with pytest.raises(ValueError, match=said):
        load(tmp_path / "waivers.yaml", IDS)


def test_the_waivers_of_the_project_are_accepted() -> None:
    load(Path(__file__).parents[2] / "policies" / "waivers.yaml", IDS)
