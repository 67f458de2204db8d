"""python -m scripts.validate STACK: whether the stack's backups can be relied on, before and after a deployment.

Takes a backup, restores it into a scratch database, compares it, and asks whether the service is well. A system without
backups, and a stack of which nothing runs yet, have nothing to validate.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from diagram import Backup
from diagram.__main__ import sketch_of
from scripts.backup import PROGRAM, engine, inside
from settings import SettingsError

BUSY = "another run is under way"
PATIENCE = 1800
"""Seconds that the service's own run may take, and that it has to be well: the documents allow 30 minutes."""
PAUSE = 5

T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when there is a backup of now that was restored and compared, and nothing is wrong; 1 with what is wrong."""
    stack = _parser().parse_args(arguments).stack
    if excuse := _nothing(stack):
        print(excuse)
        return 0
    program = [*inside(stack, "backup"), *PROGRAM]
    taken = _alone([*program, "now"])
    proven = _alone([*program, "prove", taken["files"][0]])
    print(f"{proven['file']}: {taken['rows']} rows; sealed in {taken['seconds_to_seal']} s, ", end="")
    print(f"restored and compared in {proven['seconds']} s")
    wrong = _until(lambda: _asked([*program, "status"])["health_issues"], lambda issues: not issues)
    print(*wrong, sep="\n", file=sys.stderr, end="")
    return int(bool(wrong))


def _nothing(stack: str) -> str:
    """Why there is nothing to validate; empty where there is."""
    try:
        system = sketch_of(stack)
    except SettingsError as error:
        raise SystemExit(f"rempart: {error}") from None
    if not any(isinstance(service, Backup) for service in system.services):
        return f"stack {stack} declares no backups: there is nothing to validate"
    if not engine().services.list(filters={"label": f"rempart.stack={stack}"}):
        return f"nothing of stack {stack} runs yet: there is nothing to back up"
    return ""


def _alone(command: list[str]) -> dict[str, Any]:
    """What the program says, once no other run is under way."""
    done = _until(lambda: _ran(command), lambda done: BUSY not in done.stderr)
    return _said(done)


def _asked(command: list[str]) -> dict[str, Any]:
    return _said(_ran(command))


def _ran(command: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _said(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    if done.returncode != 0:
        raise SystemExit(f"rempart: {done.stderr.strip()}")
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _until(ask: Callable[[], T], enough: Callable[[T], bool]) -> T:
    """The first answer that is enough, or the last one when patience ends."""
    end = time.monotonic() + PATIENCE
    while not enough(answer := ask()) and time.monotonic() < end:
        time.sleep(PAUSE)
    return answer


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.validate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stack")
    return parser


if __name__ == "__main__":
    sys.exit(main())
