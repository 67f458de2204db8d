from datetime import UTC, datetime, timedelta

import pytest

from apps.reminder import reminder

NOW = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "later", "what"),
    [
        ("remind me in 1 minute to stand up", timedelta(minutes=1), "stand up"),
        (" Remind me in 36 hours to call Anne\nand Bob ", timedelta(hours=36), "call Anne\nand Bob"),
        ("remind me in 9999 days to rest", timedelta(days=9999), "rest"),
    ],
)
def test_a_reminder_is_understood(text: str, later: timedelta, what: str) -> None:
    assert reminder(text, NOW) == (NOW + later, what)


@pytest.mark.parametrize("text", ["", "remind me", "remind me in 10000 days to x", "please remind me in 1 day to x"])
def test_anything_else_is_left_to_the_reply(text: str) -> None:
    assert reminder(text, NOW) is None
