"""Commands, run and measured."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar

from bench.figure import Samples

LAST_LINES = 8
"""How much of a failed command's output is shown."""

Side = TypeVar("Side")


class MeasureError(Exception):
    """Why something could not be measured: one clear text."""


@dataclass(frozen=True)
class Run:
    """What a command took: wall seconds, processor seconds with all its children, and the peak memory of the largest
    process among them and it.
    """

    seconds: float
    processor: float
    mebibytes: float
    output: str = field(repr=False)


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Run:
    """`command`, to its end. A MeasureError with its last words when it fails."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said, complained = (_text(stream) for stream in (output, errors))
    if process.returncode:
        last = "\n  ".join((said + complained).strip().splitlines()[-LAST_LINES:])
        raise MeasureError(f"{' '.join(command)}: exit {process.returncode}\n  {last}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said)


def _text(stream: IO[str]) -> str:
    stream.seek(0)
    return stream.read()


def interleaved(runs: int, *sides: Callable[[], Side]) -> list[tuple[Side, ...]]:
    """What every side gave in `runs` rounds. The sides take turns, so that a busy moment of the machine hits each."""
    rounds = [[side() for side in sides] for _ in range(runs)]
    return [tuple(of_side) for of_side in zip(*rounds, strict=True)]


def seconds(runs: Sequence[Run]) -> Samples:
    """Their wall time."""
    return Samples(tuple(run.seconds for run in runs))


def processor(runs: Sequence[Run]) -> Samples:
    """Their processor time."""
    return Samples(tuple(run.processor for run in runs))


def mebibytes(runs: Sequence[Run]) -> Samples:
    """Their peak memory."""
    return Samples(tuple(run.mebibytes for run in runs))
