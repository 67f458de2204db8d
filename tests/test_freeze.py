"""On an event's day nothing is deployed without the exact word (CI-A18)."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings import Freeze, SettingsError
from systems import read
from tests.live.checkout import Checkout

EVENT = date(2026, 5, 1)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
FROZEN = Freeze(days=(EVENT,), zone="Europe/Paris")
VALUES = {"system": "recyclic", "environment": "development", "database": "things", "certificate": "root"}


@pytest.mark.parametrize("word", ["", "deploy", "DEPLOY ", "Deploy", "yes", "true"])
def test_a_frozen_day_is_refused_whatever_else_is_said(word: str) -> None:
    with pytest.raises(SettingsError, match=r"2026-05-01 \(Europe/Paris\) is an event's day, so nothing is deployed"):
        FROZEN.overridden({"EVENT_DAY_OVERRIDE": word}, NOON)


@given(st.text(max_size=10).filter(lambda word: word != "DEPLOY"))
def test_no_other_word_overrides_the_switch(word: str) -> None:
    with pytest.raises(SettingsError, match="EVENT_DAY_FREEZE is true"):
        Freeze().overridden({"EVENT_DAY_FREEZE": "true", "EVENT_DAY_OVERRIDE": word}, NOON)


def test_the_exact_word_overrides_a_day_and_the_switch() -> None:
    assert FROZEN.overridden({"EVENT_DAY_OVERRIDE": "DEPLOY"}, NOON)
    assert Freeze().overridden({"EVENT_DAY_FREEZE": "true", "EVENT_DAY_OVERRIDE": "DEPLOY"}, NOON)


@pytest.mark.parametrize("switch", [{}, {"EVENT_DAY_FREEZE": ""}, {"EVENT_DAY_FREEZE": "false"}])
def test_another_day_is_free_and_needs_no_word(switch: dict[str, str]) -> None:
    assert not FROZEN.overridden(switch, datetime(2026, 5, 2, 12, tzinfo=UTC))
    assert not Freeze().overridden(switch, NOON)


@pytest.mark.parametrize(
    ("now", "frozen"),
    [
        (datetime(2026, 4, 30, 21, 59, tzinfo=UTC), False),
        (datetime(2026, 4, 30, 22, 0, tzinfo=UTC), True),
        (datetime(2026, 5, 1, 21, 59, tzinfo=UTC), True),
        (datetime(2026, 5, 1, 22, 0, tzinfo=UTC), False),
    ],
)
def test_a_day_begins_and_ends_by_the_calendar_of_its_zone(now: datetime, frozen: bool) -> None:
    try:
        assert not FROZEN.overridden({}, now)
    except SettingsError:
        assert frozen
    else:
        assert not frozen


def test_a_switch_that_is_neither_is_refused_and_not_taken_for_free() -> None:
    with pytest.raises(SettingsError, match="accepted are true and false"):
        Freeze().overridden({"EVENT_DAY_FREEZE": "on"}, NOON)


@pytest.mark.parametrize("freeze", [{"days": ["tomorrow"]}, {"zone": "Paris"}, {"day": "2026-05-01"}])
def test_a_freeze_that_cannot_be_read_is_refused_by_its_path(freeze: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=r"settings\.freeze\.d|settings\.freeze\.zone"):
        read({**VALUES, "freeze": freeze}, Path("no.lock.json"))


def test_the_program_itself_refuses_and_goes_on_with_the_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs it: the rule is in the program, in front of the first resource."""
    checkout = Checkout.at(tmp_path)
    monkeypatch.setenv("EVENT_DAY_FREEZE", "true")
    refused = checkout.run("preview", "--stack", "recyclic")
    assert refused.returncode != 0
    assert "settings.freeze: EVENT_DAY_FREEZE is true, so nothing is deployed" in refused.stdout + refused.stderr
    monkeypatch.setenv("EVENT_DAY_OVERRIDE", "DEPLOY")
    given_word = checkout.run("preview", "--stack", "recyclic", "--json")
    plan = json.loads(given_word.stdout)
    assert (given_word.returncode, plan["errors"]) == (0, [])
    assert plan["changeSummary"]["create"] > 100
    assert "the freeze of an event's day is overridden" in given_word.stdout + given_word.stderr
