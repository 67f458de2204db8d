"""A job is due once for each moment of its schedule, and missed when it waits too long."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from apps.schedule import LATE, Kept, Scheduled, due, missed, schedule

DAILY = Scheduled("daily", "0 6 * * *", "Africa/Dakar")
WEEKLY = Scheduled("weekly", "0 3 * * 0", "Europe/Paris")
START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """A folder that was first used at START."""
    (tmp_path / ".since").touch()
    os.utime(tmp_path / ".since", (START.timestamp(), START.timestamp()))
    return Kept(tmp_path)


def ran(kept: Kept, name: str, moment: datetime) -> None:
    kept.keep(name, {"began": moment.isoformat(), "ended": moment.isoformat(), "ok": True})


def test_nothing_is_due_before_the_first_moment(kept: Kept) -> None:
    assert due([DAILY], kept, START + timedelta(hours=5, minutes=59)) == []
    assert due([DAILY], kept, START + timedelta(hours=6)) == ["daily"]


def test_a_job_that_ran_is_due_at_its_next_moment(kept: Kept) -> None:
    ran(kept, "daily", START + timedelta(hours=6, seconds=4))
    assert due([DAILY], kept, START + timedelta(hours=29)) == []
    assert due([DAILY], kept, START + timedelta(hours=30)) == ["daily"]


def test_a_job_is_missed_after_half_an_hour(kept: Kept) -> None:
    moment = START + timedelta(hours=6)
    assert missed([DAILY], kept, moment + LATE) == []
    assert missed([DAILY], kept, moment + LATE + timedelta(seconds=1)) == ["daily"]


def test_a_schedule_goes_by_the_clock_on_the_wall(kept: Kept) -> None:
    """03:00 in Paris is 02:00 UTC in winter and 01:00 in summer."""
    assert WEEKLY.previous(datetime(2026, 3, 22, 12, tzinfo=UTC)).astimezone(UTC).hour == 2
    assert WEEKLY.previous(datetime(2026, 4, 5, 12, tzinfo=UTC)).astimezone(UTC).hour == 1


@how(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 600), min_size=1, max_size=200))
def test_whenever_one_looks_each_moment_is_answered_by_one_run(kept: Kept, minutes: list[int]) -> None:
    ran(kept, "daily", START)
    now, runs = START, []
    for step in minutes:
        now += timedelta(minutes=step)
        if due([DAILY], kept, now):
            ran(kept, "daily", now)
            runs.append(DAILY.previous(now))
    assert len(runs) == len(set(runs))
    assert due([DAILY], kept, now) == []


def test_what_is_shown_says_when_a_job_ran_and_runs_next(kept: Kept) -> None:
    ran(kept, "daily", START)
    (shown,) = schedule([DAILY], kept, START)
    assert (shown["job"], shown["ok"], shown["next"]) == ("daily", True, "2026-03-01T06:00:00+00:00")
    assert json.dumps(shown)
