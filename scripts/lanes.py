"""python -m scripts.lanes [PYTEST ARGUMENT...]: the live tests, two rooms of them at a time.

They share one engine and two cores, and mostly wait: for a service to become healthy, to be watched, to be gone. A room
is a pytest of its own, which runs its tests one after the other; interrupted, each removes what it deployed.
"""

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock

ROOT = Path(__file__).parents[1]
STACK = "live/"
"""A room that deploys a whole system has a name that begins so."""
LANES = (True, False)
"""Whether a lane begins with stacks, or with the rest, which mostly waits. A third was tried: answers came late."""
LONG = (
    "live/test_assistant.py",
    "live/test_samaconso.py",
    "live/test_recyclic.py",
    "images",
    "engine",
    "apps",
    "backup",
)
"""The rooms of each kind that take longest begin first, so that no lane is left alone with one of them."""
WIDTH = 24
"""Of a room's name in what is printed."""
NOTHING_TO_RUN = 5
"""How pytest ends when the arguments leave no test of a room."""


@dataclass(frozen=True)
class Ended:
    """How a room's pytest ended, and its last line."""

    name: str
    code: int
    line: str


def rooms() -> dict[str, Sequence[str]]:
    """What each room holds, in the order in which they begin: every test that there is, and none twice."""
    tests = ROOT / "tests"
    alone = {name: [tests / name] for name in LONG}
    alone |= {f"live/{it.name}": [it] for it in sorted((tests / "live").glob("test_*.py"))}
    folders = sorted(it for it in tests.iterdir() if it.name.startswith("test_") or it.is_dir())
    others = [it for it in folders if it.name not in {"live", "__pycache__", *LONG}]
    found = {**{name: alone[name] for name in LONG}, "others": others, **alone}
    return {name: [str(it.relative_to(ROOT)) for it in paths] for name, paths in found.items()}


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 when every room's tests passed."""
    began = time.monotonic()
    ended = _Lanes(arguments).run(rooms())
    for it in ended:
        print(f"{it.name:<{WIDTH}} {it.line.strip('= ')}")
    print(f"{len(ended)} rooms in {len(LANES)} lanes: {time.monotonic() - began:.0f} s")
    wrong = [it.code for it in ended if it.code not in {0, NOTHING_TO_RUN}]
    return wrong[0] if wrong else min(it.code for it in ended)


def take(waiting: dict[str, Sequence[str]], stacks: bool) -> tuple[str, Sequence[str]] | None:
    """The next room of a lane, which waits no longer; None when there is none."""
    name = min(waiting, key=lambda name: name.startswith(STACK) is not stacks, default=None)
    return (name, waiting.pop(name)) if name else None


class _Lanes:
    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments, self._lock, self._interrupted = arguments, Lock(), Event()
        self._ended: list[Ended] = []

    def run(self, rooms: dict[str, Sequence[str]]) -> list[Ended]:
        """Every room; after an interruption none begins, and those that run have it too, and clean up."""
        waiting = dict(rooms)
        with ThreadPoolExecutor(len(LANES)) as pool:
            begun = [pool.submit(self._lane, waiting, stacks) for stacks in LANES]
            while not all(it.done() for it in begun):
                try:
                    for it in begun:
                        it.result()
                except KeyboardInterrupt:
                    self._interrupted.set()
        return self._ended

    def _lane(self, waiting: dict[str, Sequence[str]], stacks: bool) -> None:
        while not self._interrupted.is_set():
            with self._lock:
                room = take(waiting, stacks)
            if not room:
                return
            self._ended.append(self._room(*room))

    def _room(self, name: str, paths: Iterable[str]) -> Ended:
        command = [sys.executable, "-u", "-m", "pytest", "-m", "live", "-v", *paths, *self._arguments]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        line = ""
        for line in _lines(process):
            with self._lock:
                print(f"{name:<{WIDTH}} {line}", flush=True)
        return Ended(name, process.wait(), line)


def _lines(process: "subprocess.Popen[str]") -> Iterator[str]:
    assert process.stdout
    for line in process.stdout:
        if text := line.rstrip():
            yield text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
