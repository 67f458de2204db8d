"""The history of a stack: one entry and one checkpoint for each run that changed something or tried to."""

import json
import time
from collections.abc import Mapping
from typing import Any

from engine.backend import Location, replace
from engine.crypto import Crypter

_KINDS = {"up": "update"}


def record(
    location: Location,
    kind: str,
    began: float,
    ok: bool,
    counts: Mapping[str, int],
    config: Mapping[str, str],
    secret_keys: frozenset[str],
    crypter: Crypter,
) -> None:
    """Adds an entry; the configuration's secrets are encrypted in it."""
    entry: dict[str, Any] = {
        "kind": _KINDS.get(kind, kind),
        "startTime": int(began),
        "message": "",
        "environment": {},
        "config": {
            key: {"secure": crypter.encrypt(value)} if key in secret_keys else value
            for key, value in sorted(config.items())
        },
        "result": "succeeded" if ok else "failed",
        "endTime": int(time.time()),
        "resourceChanges": dict(counts),
    }
    stem = location.history / f"{location.stack}-{time.time_ns()}"
    replace(stem.with_suffix(".history.json"), json.dumps(entry, indent=4).encode())
    if location.state.exists():
        replace(stem.with_suffix(".checkpoint.json"), location.state.read_bytes())
