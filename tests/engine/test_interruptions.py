"""However a run ends, the next one opens its state and ends right by itself."""

import fcntl
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from engine import api
from tests.engine.stacks import resources, stack_of, start_up

pytestmark = pytest.mark.usefixtures("quick")  # what is killed has a real process; what ends it need not

SLOW = """
    import pathlib
    import time
    import pulumi
    import pulumi_random as random
    from pulumi.dynamic import CreateResult, Resource, ResourceProvider

    class Slow(ResourceProvider):
        def create(self, props):
            pathlib.Path("begun").touch()
            for _ in range(1000):
                if pathlib.Path("released").exists():
                    break
                time.sleep(0.02)
            return CreateResult("made", {"of": props["of"]})

    class Thing(Resource):
        def __init__(self, name, of, **options):
            super().__init__(Slow(), name, {"of": of}, pulumi.ResourceOptions(**options))

    first = random.RandomPassword("first", length=12)
    slow = Thing("slow", first.length)
    random.RandomPassword("last", length=12, keepers={"id": slow.id})
"""
"""Its slow step takes until the file `released` is there, and leaves `begun` when it is under way."""
A_WHILE = 0.7
"""In which an `up` is well on its way, and a signal arrives."""


def _after(process: "subprocess.Popen[str]", text: str) -> None:
    assert process.stdout
    for line in process.stdout:
        if text in line:
            return
    raise AssertionError(f"{text!r} never came")


def _in_the_slow_step(stack: api.Stack) -> "subprocess.Popen[str]":
    """An `up` whose slow step is under way."""
    process = start_up(stack)
    _after(process, "dynamic:Resource::slow'")
    while process.poll() is None and not (stack.project.root / "begun").exists():
        time.sleep(0.02)
    return process


def _up_while_it_still_works(stack: api.Stack) -> api.Result:
    """An `up` that begins while the slow step of the killed run is still under way."""
    _release_later(stack)
    return api.up(stack)


def _release_later(stack: api.Stack) -> None:
    threading.Timer(A_WHILE, _release, [stack]).start()


def _release(stack: api.Stack) -> None:
    (stack.project.root / "released").touch()


@pytest.mark.parametrize(
    "moment", ["StepStarted", "::first'", "pulumi-python:dynamic:Resource::slow'", "StepDone(op='create'"]
)
def test_a_killed_run_is_finished_by_the_next_one(tmp_path: Path, moment: str) -> None:
    stack = stack_of(tmp_path, SLOW)
    process = start_up(stack)
    _after(process, moment)
    process.kill()
    process.wait()
    result = _up_while_it_still_works(stack)
    assert result.ok, result.errors
    assert {"first", "slow", "last"} < resources(stack).keys()
    assert api.preview(stack).counts == {"same": 4}


def test_the_stack_stays_locked_while_the_process_of_a_killed_run_lives(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, SLOW)
    process = start_up(stack)
    _after(process, "dynamic:Resource::slow'")
    process.kill()
    process.wait()
    (lock,) = stack.location.locks.glob("*.json")
    with lock.open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert _up_while_it_still_works(stack).ok


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_step_end_and_begins_no_other(tmp_path: Path, number: signal.Signals) -> None:
    stack = stack_of(tmp_path, SLOW)
    process = start_up(stack)
    _after(process, "dynamic:Resource::slow'")
    process.send_signal(number)
    _release_later(stack)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the update was canceled" in output
    left = resources(stack)
    assert "slow" in left
    assert "last" not in left
    assert not list(stack.location.locks.glob("*.json"))
    assert api.up(stack).ok


BUSY = """
    import hashlib
    import pulumi_random as random
    random.RandomPassword("first", length=12)
    print("busy")
    hashlib.pbkdf2_hmac("sha256", b"", b"", 4_000_000)  # seconds in which the main thread runs no other instruction
    print("over")
"""


def test_a_signal_is_heard_while_the_program_does_something_else(tmp_path: Path) -> None:
    process = start_up(stack_of(tmp_path, BUSY))
    _after(process, "busy")
    process.send_signal(signal.SIGINT)
    _after(process, "canceled: waiting for the steps")
    heard = time.monotonic()
    _after(process, "over")
    assert time.monotonic() - heard > A_WHILE
    process.communicate(timeout=60)
    assert process.returncode == 1


def test_a_second_signal_ends_the_phase_as_it_is(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, SLOW)
    process = _in_the_slow_step(stack)
    process.send_signal(signal.SIGINT)
    _after(process, "canceled: waiting for the steps")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert _pending(stack) == ["creating"]
    _release(stack)
    assert api.up(stack).ok


def test_a_killed_process_of_a_phase_is_reported_and_its_operation_kept(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, SLOW)
    process = _in_the_slow_step(stack)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert _pending(stack) == ["creating"]
    _release(stack)
    assert api.up(stack).ok
    assert _pending(stack) == []


def _pending(stack: api.Stack) -> list[str]:
    """What was under way when the state was written last."""
    latest = json.loads(stack.location.state.read_text())["checkpoint"]["latest"]
    return [operation["type"] for operation in latest["pending_operations"]]
