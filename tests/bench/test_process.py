"""Commands are measured with all their children, and fail with their last words."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.process import MeasureError, interleaved, run

HELD = 800  # MiB, more than the process of the tests itself, which a child is a copy of until it executes
HOLDS = f"x = b'x' * ({HELD} * 1024 ** 2)"
SPINS = "import time\nwhile time.process_time() < 0.3: pass"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_the_memory_of_a_childs_child_is_seen(tmp_path: Path) -> None:
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}], check=True)"
    assert run(python("pass"), tmp_path).mebibytes < HELD <= run(python(nested), tmp_path).mebibytes


def test_work_takes_processor_time_and_waiting_does_not(tmp_path: Path) -> None:
    assert run(python(SPINS), tmp_path).processor >= 0.3
    waited = run(["sleep", "0.3"], tmp_path)
    assert waited.seconds >= 0.3 > waited.processor


def test_what_it_prints_is_kept(tmp_path: Path) -> None:
    assert run(python("print('said')"), tmp_path).output == "said\n"


def test_a_command_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(MeasureError, match=r"exit 3\n.*the reason"):
        run(python("import sys; print('the reason', file=sys.stderr); sys.exit(3)"), tmp_path)


def test_the_sides_take_turns() -> None:
    order: list[str] = []

    def side(name: str) -> Callable[[], str]:
        def measure() -> str:
            order.append(name)
            return f"{name}{len(order)}"

        return measure

    assert interleaved(2, side("a"), side("b")) == [("a1", "a3"), ("b2", "b4")]
    assert order == ["a", "b", "a", "b"]
