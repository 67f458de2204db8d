"""The process of a phase, and how little the command line needs before it."""

import subprocess
import sys
from pathlib import Path

from engine import child
from tests.apps.stage import eventually

ROOT = Path(__file__).parents[2]


def test_the_command_line_does_not_wait_for_the_sdk() -> None:
    asked = "import sys, engine.cli.command; print('pulumi' in sys.modules, 'grpc' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "False False\n"


def test_a_process_that_was_started_ahead_is_used_once() -> None:
    child.start_ahead()
    started = child.started_ahead()
    assert started
    assert child.started_ahead() is None
    started.abandon()


def test_a_process_without_a_job_ends_with_its_parent() -> None:
    program = (
        "from engine import child; child.start_ahead(); phase = child._ahead[0]; print(phase._process.pid, flush=True)"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    eventually(lambda: not _lives(int(ran.stdout)))
    assert ran.stderr == ""


def _lives(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
