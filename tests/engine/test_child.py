"""The process of a phase, and how little the command line needs before it."""

import contextlib
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine import api, child
from engine.errors import EngineError
from tests.apps.stage import eventually
from tests.engine.stacks import stack_of

pytestmark = pytest.mark.usefixtures("quick_keys")
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


def test_an_act_that_was_made_ready_ends_with_its_policy_packs_when_the_plan_is_declined(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, "import pulumi")
    began = _descendants()
    seen: set[int] = set()

    def decline(_plan: api.Result) -> bool:
        eventually(lambda: "pulumi.policy" in _commands(_descendants() - began))
        seen.update(_descendants() - began)
        return False

    api.up(stack, policy_packs=[ROOT / "policies"], confirm=decline)
    assert seen
    eventually(lambda: not any(_lives(process) for process in seen))


def test_a_policy_pack_ends_with_a_phase_that_was_killed_before_it_was_connected(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (pack / "__main__.py").write_text("import time; time.sleep(600)")
    stack = stack_of(tmp_path / "p", "import pulumi")
    began = _descendants()
    with ThreadPoolExecutor() as threads:
        plan = threads.submit(api.preview, stack, policy_packs=[pack])
        eventually(lambda: "pulumi.policy" in _commands(_descendants() - began))
        started = _descendants() - began
        for phase in (each for each in started if "engine.phase" in _commands({each})):
            os.kill(phase, signal.SIGKILL)
        with pytest.raises(EngineError, match=r"ended unexpectedly \(exit -9\)"):
            plan.result()
    eventually(lambda: not any(_lives(process) for process in started))


def _descendants() -> set[int]:
    """The processes below this one."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents.setdefault(int(entry.read_text().rpartition(")")[2].split()[1]), []).append(int(entry.parent.name))
    found, waiting = set(), [os.getpid()]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found.update(children)
        waiting += children
    return found


def _commands(processes: set[int]) -> str:
    told = ""
    for process in processes:
        with contextlib.suppress(OSError):
            told += Path(f"/proc/{process}/cmdline").read_text()
    return told


def _lives(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
