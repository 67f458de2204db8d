"""Live reload, in development: a changed source starts the program anew, in its own place."""

import os
import sys
import threading
import time
from pathlib import Path

SOURCES = Path(__file__).parent
EVERY = 0.5
"""Seconds between two looks."""


def reload_on_change() -> None:
    """Watch the sources where LIVE_RELOAD says so; elsewhere nothing happens."""
    if os.environ.get("LIVE_RELOAD"):
        threading.Thread(target=_watch, args=(_newest(),), daemon=True).start()


def _watch(known: float) -> None:
    while _newest() <= known:
        time.sleep(EVERY)
    spec = sys.modules["__main__"].__spec__
    program = ["-m", spec.name] if spec else [sys.argv[0]]
    os.execv(sys.executable, [sys.executable, *program, *sys.argv[1:]])  # noqa: S606 - ourselves, once more


def _newest() -> float:
    return max((path.stat().st_mtime for path in SOURCES.glob("*.py")), default=0.0)
