"""How long resources took: measured from a run's events, kept in its history, found again."""

from datetime import date
from pathlib import Path

import pytest

from engine import api, history, rollout
from engine.events import Event, Progress, StepDone, StepFailed, StepStarted
from engine.rollout import Measured, Rollout, Rollouts
from tests.engine.stacks import stack_of

API, DATABASE = "urn:pulumi:dev::demo::t::api", "urn:pulumi:dev::demo::t::database"


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(rollout, "time", clock)
    return clock


def taken(clock: Clock, *told: tuple[float, Event]) -> dict[str, Rollout]:
    rollouts = Rollouts()
    for clock.now, event in told:
        rollouts.add(event)
    return rollouts.taken()


def test_a_restart_is_down_from_the_moment_nothing_runs_until_something_does(clock: Clock) -> None:
    assert taken(
        clock,
        (0, StepStarted("update", API)),
        (1, Progress(API, "1 of 1 running, updating", runs=True)),
        (2, Progress(API, "0 of 1 running, updating", runs=False)),
        (3, Progress(API, "0 of 1 running, updating, starting", runs=False)),
        (5.5, Progress(API, "1 of 1 running, updating", runs=True)),
        (20, StepDone("update", API, 20)),
    ) == {API: Rollout("update", 20, 3.5)}


def test_a_replacement_that_deletes_first_is_down_from_the_deletion(clock: Clock) -> None:
    assert taken(
        clock,
        (0, StepStarted("delete-replaced", DATABASE)),
        (4, StepDone("delete-replaced", DATABASE, 4)),
        (4, StepStarted("replace", DATABASE)),
        (5, StepStarted("create-replacement", DATABASE)),
        (6, Progress(DATABASE, "0 of 1 running", runs=False)),
        (9, StepDone("create-replacement", DATABASE, 4)),
    ) == {DATABASE: Rollout("replace", 9, 9)}


def test_a_replacement_beside_the_old_one_is_never_down(clock: Clock) -> None:
    assert taken(
        clock,
        (0, StepStarted("create-replacement", API)),
        (1, Progress(API, "0 of 2 running", runs=False)),
        (7, StepDone("create-replacement", API, 7)),
        (8, StepStarted("delete-replaced", API)),
        (9, StepDone("delete-replaced", API, 1)),
    ) == {API: Rollout("replace", 7, 0)}


def test_what_fails_or_does_not_say_whether_it_runs_is_not_measured(clock: Clock) -> None:
    assert taken(
        clock,
        (0, StepStarted("update", API)),
        (1, Progress(API, "0 of 1 running", runs=False)),
        (2, StepFailed("update", API, "rolled back")),
        (0, StepStarted("create", DATABASE)),
        (1, Progress(DATABASE, "waiting for its subnet")),
        (2, StepDone("create", DATABASE, 2)),
    ) == {}  # fmt: skip


def entry(began: int | str, urn: str, op: str, seconds: float) -> dict[str, object]:
    took = f'{{"{urn}": {{"op": "{op}", "seconds": {seconds}, "down": 0.5}}}}'
    return {"startTime": began, "environment": {history.ROLLOUTS: took}}


def test_the_last_rollout_of_each_kind_is_found_whoever_wrote_the_history() -> None:
    found = history.last_rollouts([
        {"startTime": "2026-03-05T10:00:00.000Z", "environment": {"git.head": "abc"}},
        {"environment": {history.ROLLOUTS: "not JSON"}},
        None,
        entry("2026-03-04T10:00:00.000Z", API, "update", 12),
        entry(1767225600, API, "update", 99),
        entry(1767225600, API, "create", 30),
    ])  # fmt: skip
    assert found == {
        (API, "update"): Measured(Rollout("update", 12, 0.5), date(2026, 3, 4)),
        (API, "create"): Measured(Rollout("create", 30, 0.5), date(2026, 1, 1)),
    }


@pytest.mark.usefixtures("quick")
def test_a_run_is_kept_in_the_history_and_one_without_services_measures_nothing(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, "")
    assert api.up(stack).ok
    [kept] = history.entries(stack.location)
    assert (kept["kind"], kept["result"], kept["environment"]) == ("update", "succeeded", {})
    (stack.location.history / "dev-9.history.json").write_text("{")
    assert history.entries(stack.location) == [kept]
    assert history.last_rollouts([kept]) == {}
