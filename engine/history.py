"""The history of a stack: one entry and one checkpoint for each run that changed something or tried to."""

import contextlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from engine.backend import Location, replace
from engine.crypto import Crypter
from engine.rollout import Measured, Rollout

_KINDS = {"up": "update"}
ROLLOUTS: Final = "rempart.rollouts"


@dataclass(frozen=True)
class Run:
    """What a run did. `began` is in seconds of the epoch."""

    kind: str
    began: float
    ok: bool
    counts: Mapping[str, int]
    rollouts: Mapping[str, Rollout]


def record(
    location: Location, run: Run, config: Mapping[str, str], secret_keys: frozenset[str], crypter: Crypter
) -> None:
    """Adds an entry; the configuration's secrets are encrypted in it. The CLI shows its environment as it is."""
    took = json.dumps({urn: asdict(took) for urn, took in run.rollouts.items()})
    entry: dict[str, Any] = {
        "kind": _KINDS.get(run.kind, run.kind),
        "startTime": int(run.began),
        "message": "",
        "environment": {ROLLOUTS: took} if run.rollouts else {},
        "config": {
            key: {"secure": crypter.encrypt(value)} if key in secret_keys else value
            for key, value in sorted(config.items())
        },
        "result": "succeeded" if run.ok else "failed",
        "endTime": int(time.time()),
        "resourceChanges": dict(run.counts),
    }
    stem = location.history / f"{location.stack}-{time.time_ns()}"
    replace(stem.with_suffix(".history.json"), json.dumps(entry, indent=4).encode())
    if location.state.exists():
        replace(stem.with_suffix(".checkpoint.json"), location.state.read_bytes())


def entries(location: Location) -> list[dict[str, Any]]:
    """The runs of a stack, the latest first; a file that is no entry is passed over."""
    found = []
    for path in sorted(location.history.glob("*.history.json"), reverse=True):
        with contextlib.suppress(OSError, ValueError):
            found.append(json.loads(path.read_text()))
    return found


def last_rollouts(entries: Iterable[Any]) -> dict[tuple[str, str], Measured]:
    """How long each resource took the last time, by its URN and what was done to it. `entries` is the latest first."""
    last: dict[tuple[str, str], Measured] = {}
    for entry in entries:
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            for urn, took in json.loads(entry["environment"][ROLLOUTS]).items():
                last.setdefault((urn, str(took["op"])), Measured(Rollout(**took), _day(entry)))
    return last


def _day(entry: Mapping[str, Any]) -> date:
    """Our entries count seconds, the CLI prints an ISO time."""
    began = entry["startTime"]
    return date.fromisoformat(began[:10]) if isinstance(began, str) else datetime.fromtimestamp(began, UTC).date()
