"""Only what was kept counts as a backup, whatever a run left behind when it was killed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backup import status
from backup.errors import BackupError
from backup.given import Database, Given
from backup.outcome import Outcome
from backup.rules import Copy, Kept
from backup.status import Status, exposition, metrics
from backup.store import Store

NOW = datetime(2025, 1, 27, 2, tzinfo=UTC)
RULES = (Kept("daily", "0 2 * * *", "UTC", 7, 7), Kept("weekly", "0 2 * * 0", "UTC", 4, 28))


@pytest.fixture
def given(tmp_path: Path) -> Given:
    return Given(Database("", ""), Store(tmp_path), [bytes(32)], RULES)


def keep(store: Store, taken: datetime, *classes: str, content: bytes = b"12345") -> list[str]:
    with store.work() as work:
        (work / "sealed").write_bytes(content)
        return store.keep(work / "sealed", taken, classes)


def test_a_backup_has_a_name_for_each_class_and_takes_its_room_once(given: Given) -> None:
    names = keep(given.store, NOW, "daily", "weekly")
    assert names == ["postgres_backup_20250127_020000.dump.zst.enc", "postgres_weekly_20250127_020000.dump.zst.enc"]
    assert set(given.store.copies()) == {Copy(NOW, "daily"), Copy(NOW, "weekly")}
    assert given.store.used() == 5


def test_what_a_killed_run_left_is_no_backup_and_is_swept_away(given: Given) -> None:
    (given.store.path / ".work").mkdir()
    (given.store.path / ".work" / "sealed").write_bytes(b"half")
    (given.store.path / "postgres_backup_20250126_020000.dump.zst").write_bytes(b"not sealed")
    assert given.store.copies() == {}
    with given.store.work() as work:
        assert list(work.iterdir()) == []
    assert not (given.store.path / ".work").exists()


def test_two_runs_are_never_under_way_at_once(given: Given) -> None:
    with given.store.work(), pytest.raises(BackupError, match="another run is under way"), given.store.work():
        pass


def test_a_backup_that_is_not_there_is_refused_with_the_newest(given: Given) -> None:
    with pytest.raises(BackupError, match="holds no backup"):
        given.store.find(None)
    (name,) = keep(given.store, NOW, "daily")
    assert given.store.find(None).name == name
    with pytest.raises(BackupError, match=f"there is no such backup; the newest is {name}"):
        given.store.find("../status.json")


def test_the_metrics_are_those_of_the_documents(given: Given) -> None:
    keep(given.store, NOW, "daily", "weekly")
    Status(given).ended(Outcome(NOW.isoformat(), dumped=1000, sealed=250, seconds_to_seal=2, seconds_to_prove=3))
    found = metrics(given, Status(given).read(), NOW + timedelta(hours=3))
    assert found.keys() >= {
        "total_backups", "total_size_bytes", "available_space_bytes", "latest_backup", "backup_age_hours",
        "backup_size_bytes", "daily_backups_last_24h", "weekly_backups_last_7d", "monthly_backups_last_30d",
        "old_backups_to_clean", "health_status", "health_issues_count",
    }  # fmt: skip
    assert (found["backup_age_hours"], found["backup_size_bytes"], found["saved_ratio"]) == (3, 5, 0.75)
    assert (found["daily_backups_last_24h"], found["weekly_backups_last_7d"]) == (1, 1)
    assert (found["health_status"], found["health_issues_count"]) == ("healthy", 0)


def test_a_missed_and_a_failed_run_are_unhealthy(given: Given) -> None:
    keep(given.store, NOW, "daily", "weekly")
    day_after = NOW + timedelta(days=1)
    still_running = metrics(given, {}, day_after + timedelta(minutes=29))
    assert still_running["health_status"] == "healthy"
    Status(given).ended(Outcome(day_after.isoformat(), error="the disk is full"))
    found = metrics(given, Status(given).read(), day_after + timedelta(minutes=30))
    assert found["health_issues"] == ["missed: daily", "failed: the disk is full"]
    assert (found["missed_classes"], found["last_run_failed"], found["failed_runs_total"]) == (1, 1, 1)
    assert "backup_health_status 0\n" in exposition(found)


def test_a_new_service_without_any_backup_is_unhealthy(given: Given) -> None:
    found = metrics(given, {}, NOW)
    assert (found["total_backups"], found["latest_backup"], found["missed_classes"]) == (0, None, 2)


def test_every_number_is_exposed_once_under_one_prefix(given: Given) -> None:
    text = exposition(metrics(given, {}, NOW))
    names = [line.split()[0] for line in text.splitlines() if not line.startswith("#")]
    assert all(name.startswith("backup_") and not name.startswith("backup_backup") for name in names)
    assert len(names) == len(set(names)) > 10
    assert "# TYPE backup_failed_runs_total counter\n" in text


@pytest.mark.parametrize("text", ["", "{", "null-ish"])
def test_a_broken_status_file_hides_no_backup(given: Given, text: str) -> None:
    (given.store.path / status.FILE).write_text(text)
    assert Status(given).read() == {}
