"""One command shows what a stack does on schedules."""

from datetime import UTC, datetime

import pytest

from diagram.__main__ import sketch
from scripts.jobs import main, planned

NOW = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)


def test_every_schedule_of_a_diagram_is_shown_with_its_next_moment() -> None:
    shown = {row["what"]: row["next"] for row in planned(sketch("samaconso"), NOW) if row["service"] == "jobs"}
    assert shown == {
        "daily": "2026-03-29T06:00:00+00:00",
        "weekly": "2026-03-29T03:00:00+00:00",
        "monthly": "2026-04-01T04:00:00+00:00",
        "health": "2026-03-29T00:05:00+00:00",
    }


def test_backups_are_shown_too() -> None:
    assert [row["what"] for row in planned(sketch("recyclic"), NOW)] == ["recent", "daily", "weekly", "monthly"]


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["nowhere"], 2, "there is no stack nowhere; there are "),
        (["samaconso", "purge"], 1, "purge: samaconso has no such job; it has daily, health, monthly, weekly"),
        (["recyclic", "daily"], 1, "daily: recyclic has no such job; it has none"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    words: list[str], status: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == status
    assert capsys.readouterr().err.startswith(f"jobs: {says}")
