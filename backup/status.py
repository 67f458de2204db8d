"""What the service tells of itself: the last run, and the metrics, as JSON and for Prometheus."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from backup import rules
from backup.given import Given
from backup.outcome import Outcome

Metrics = dict[str, Any]
FILE = "status.json"
MARGIN = timedelta(minutes=30)
"""How long a run may take, by the documents: one that has not succeeded by then is missed."""


class Status:
    """The last run's outcome and the notifications that failed, kept beside the backups."""

    def __init__(self, given: Given) -> None:
        self._path = given.store.path / FILE
        self._known: Mapping[str, Any] = {}

    def read(self) -> Mapping[str, Any]:
        """What is known: `last`, `failures` (runs), `unsent` (messages by channel). A broken file counts as none."""
        try:
            known: Mapping[str, Any] = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return self._known
        return known

    def ended(self, outcome: Outcome) -> None:
        """A run has ended."""
        known = self.read()
        failures = known.get("failures", 0) + (1 if outcome.error else 0)
        self._write({**known, "last": asdict(outcome), "failures": failures})

    def unsent(self, channel: str) -> None:
        """A message could not be sent."""
        known = self.read()
        counts = known.get("unsent", {})
        self._write({**known, "unsent": {**counts, channel: counts.get(channel, 0) + 1}})

    def _write(self, known: Mapping[str, Any]) -> None:
        """A full disk must not hide what happened: then it is remembered until the next one."""
        self._known = known
        new = self._path.with_suffix(".new")
        try:
            new.write_text(json.dumps(known))
            new.replace(self._path)
        except OSError:
            new.unlink(missing_ok=True)


def metrics(given: Given, known: Mapping[str, Any], now: datetime) -> Metrics:
    """The metrics that the documents name, and those that the alerts need beside."""
    copies = given.store.copies()
    newest = next(iter(copies), None)
    last: Mapping[str, Any] = known.get("last", {})
    missed = [rule.name for rule in given.rules if rules.due([rule], copies, now - MARGIN)]
    issues = [f"missed: {name}" for name in missed]
    issues += [f"failed: {last['error']}"] if last.get("error") else []

    def since(kept: str, days: int) -> int:
        return sum(copy.kept == kept and now - copy.taken <= timedelta(days=days) for copy in copies)

    return {
        "total_backups": len(copies),
        "total_size_bytes": given.store.used(),
        "available_space_bytes": given.store.free(),
        "latest_backup": copies[newest].name if newest else None,
        "backup_age_hours": round((now - newest.taken).total_seconds() / 3600, 4) if newest else None,
        "backup_size_bytes": copies[newest].stat().st_size if newest else None,
        "daily_backups_last_24h": since("daily", 1),
        "weekly_backups_last_7d": since("weekly", 7),
        "monthly_backups_last_30d": since("monthly", 30),
        "old_backups_to_clean": len(rules.expired(given.rules, copies)),
        "health_status": "unhealthy" if issues else "healthy",
        "health_issues_count": len(issues),
        "health_issues": issues,
        "missed_classes": len(missed),
        "last_run_failed": int(bool(last.get("error"))),
        "last_run_seconds": last.get("seconds_to_seal", 0) + last.get("seconds_to_prove", 0),
        "failed_runs_total": known.get("failures", 0),
        "saved_ratio": round(1 - last["sealed"] / last["dumped"], 4) if last.get("dumped") else None,
        "unsent_messages_total": sum(known.get("unsent", {}).values()),
    }


def exposition(found: Metrics) -> str:
    """The metrics for Prometheus: every number under the prefix ``backup_``; 1 for healthy."""
    numbers = {f"backup_{name.removeprefix('backup_')}": value for name, value in found.items()}
    numbers["backup_health_status"] = int(found["health_status"] == "healthy")
    return "".join(
        f"# TYPE {name} {'counter' if name.endswith('_total') else 'gauge'}\n{name} {value}\n"
        for name, value in numbers.items()
        if isinstance(value, int | float)
    )


def now() -> datetime:
    """The moment, UTC."""
    return datetime.now(UTC)
