"""What is due and what expires, against a brute-force oracle over two simulated years."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backup import rules
from backup.rules import Copy, Kept, due, expired, previous

rules.previous = cache(rules.previous)  # the years are simulated again and again, and cron does not change
LOOKS = 2 * 365 * 2
BEGIN = datetime(2025, 1, 27, 1, tzinfo=UTC)
RULES = (
    Kept("recent", "0 2,14 * * *", "UTC", copies=4, days=2),
    Kept("daily", "0 2 * * *", "UTC", copies=7, days=7),
    Kept("weekly", "0 2 * * 0", "UTC", copies=4, days=28),
    Kept("monthly", "0 2 1 * *", "UTC", copies=12, days=365),
)
"""Those of Recyclic, but for the recent ones, of which two years would hold 35,000."""


def simulate(failing: frozenset[int]) -> Iterator[tuple[datetime, set[Copy], set[Copy]]]:
    """Two years, two looks a day, of which the `failing` bring no backup: after each good run, the copies before and
    after the clean-up.
    """
    copies: set[Copy] = set()
    for look in range(LOOKS):
        now = BEGIN + timedelta(hours=12 * look + 1)
        classes = due(RULES, copies, now)
        if not classes or look in failing:
            continue
        copies |= {Copy(now, name) for name in classes}
        before = set(copies)
        copies -= expired(RULES, copies)
        yield now, before, set(copies)


def oracle(rule: Kept, before: set[Copy]) -> set[Copy]:
    """What the documents say, copy by copy: kept with fewer than `copies` newer ones, and when it is the newest or not
    older than `days` beside the newest.
    """
    mine = {copy for copy in before if copy.kept == rule.name}
    newest = max((copy.taken for copy in mine), default=BEGIN)
    kept = set()
    for copy in mine:
        newer = sum(other.taken > copy.taken for other in mine)
        if newer < rule.copies and (not newer or newest - copy.taken <= timedelta(days=rule.days)):
            kept.add(copy)
    return kept


@settings(max_examples=3)
@given(st.frozensets(st.integers(0, LOOKS), max_size=500))
def test_two_years_keep_what_the_oracle_keeps_and_never_lose_the_last_good_one(failing: frozenset[int]) -> None:
    for now, before, after in simulate(failing):
        assert after == {copy for rule in RULES for copy in oracle(rule, before)}
        assert any(copy.taken == now for copy in after)
        for rule in RULES:
            mine = [copy for copy in before if copy.kept == rule.name]
            assert not mine or max(mine) in after


def test_after_two_good_years_seven_days_four_weeks_and_twelve_months_are_there() -> None:
    *_, (_, _, copies) = simulate(frozenset())
    counts = {rule.name: sum(copy.kept == rule.name for copy in copies) for rule in RULES}
    assert counts == {"recent": 4, "daily": 7, "weekly": 4, "monthly": 12}
    assert {copy.taken.weekday() for copy in copies if copy.kept == "weekly"} == {6}
    assert {copy.taken.day for copy in copies if copy.kept == "monthly"} == {1}
    assert {copy.taken.hour for copy in copies if copy.kept == "daily"} == {2}


def test_where_no_backup_comes_none_goes() -> None:
    copies = {Copy(BEGIN - timedelta(days=days), "daily") for days in range(7)}
    assert expired(RULES, copies) == set()


def test_a_class_that_missed_its_moment_is_served_by_the_next_backup() -> None:
    copies = {Copy(datetime(2025, 2, 1, 2, tzinfo=UTC), rule.name) for rule in RULES}
    sunday_failed = datetime(2025, 2, 3, 9, tzinfo=UTC)
    assert due(RULES, copies, sunday_failed) == ["recent", "daily", "weekly"]


def test_one_dump_serves_every_class_when_sunday_is_the_first() -> None:
    assert due(RULES, set(), datetime(2025, 6, 1, 2, tzinfo=UTC)) == ["recent", "daily", "weekly", "monthly"]


def test_nothing_is_due_twice() -> None:
    now = datetime(2025, 6, 1, 2, tzinfo=UTC)
    assert due(RULES, {Copy(now, rule.name) for rule in RULES}, now + timedelta(hours=3)) == []


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/New_York"])
def test_a_day_has_one_two_oclock_whatever_the_clocks_do(zone: str) -> None:
    """Hour by hour through the weeks in which they change, in spring and in autumn."""
    rule = Kept("daily", "0 2 * * *", zone, 7, 7)
    for begin in (datetime(2025, 3, 7, tzinfo=UTC), datetime(2025, 10, 24, tzinfo=UTC)):
        days = sorted({previous(rule, begin + timedelta(hours=hour)) for hour in range(25 * 24)})
        assert len({moment.date() for moment in days}) == len(days) >= 25
        assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(days=1)}


@given(st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)), st.sampled_from(RULES))
def test_no_moment_lies_between_the_last_one_and_now(now: datetime, rule: Kept) -> None:
    moment = now.replace(tzinfo=UTC, microsecond=0)
    last = previous(rule, moment)
    assert last <= moment
    assert previous(rule, last) == last
    assert previous(rule, moment - (moment - last) / 2) == last
