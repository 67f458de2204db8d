"""python -m scripts.lanes [PYTEST ARGUMENT...]: the live tests, in two lanes beside each other.

They share one engine and two cores, and mostly wait: for a service to become healthy, to be watched, to be gone. A lane
is a pytest of its own, which runs its tests one after the other; interrupted, each removes what it deployed.
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock, Thread

ROOT = Path(__file__).parents[1]
PLATFORMS, PARTS = "platforms", "parts"
ELSEWHERE = ("test_recyclic.py",)
"""Platforms that go with the parts, so that neither lane ends long before the other."""
NOTHING_TO_RUN = 5
"""How pytest ends when the arguments leave no test of a lane."""


def lanes() -> dict[str, Sequence[str]]:
    """The files and folders of each lane: every one that there is, and none twice."""
    platforms = sorted((ROOT / "tests" / "live").glob("test_*.py"))
    rooms = sorted(it for it in (ROOT / "tests").iterdir() if it.name.startswith("test_") or it.is_dir())
    moved = [it for it in platforms if it.name in ELSEWHERE]
    parts = [*(it for it in rooms if it.name not in {"live", "__pycache__"}), *moved]
    of = {PLATFORMS: [it for it in platforms if it not in moved], PARTS: parts}
    return {lane: [str(it.relative_to(ROOT)) for it in found] for lane, found in of.items()}


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 when every lane's tests passed."""
    began = time.monotonic()
    printing = Lock()
    running: dict[str, subprocess.Popen[str]] = {}
    for lane, paths in lanes().items():
        command = [sys.executable, "-u", "-m", "pytest", "-m", "live", "-v", *paths, *arguments]
        running[lane] = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    last: dict[str, str] = {}
    threads = [Thread(target=_tell, args=(lane, process, printing, last)) for lane, process in running.items()]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        try:
            for thread in threads:
                thread.join()
        except KeyboardInterrupt:  # the lanes have it too, and clean up
            continue
    for lane, line in last.items():
        print(f"{lane}: {line.strip('= ')}")
    print(f"both lanes: {time.monotonic() - began:.0f} s")
    codes = [process.wait() for process in running.values()]
    wrong = [code for code in codes if code not in {0, NOTHING_TO_RUN}]
    return wrong[0] if wrong else min(codes)


def _tell(lane: str, process: "subprocess.Popen[str]", printing: Lock, last: dict[str, str]) -> None:
    for line in _lines(process):
        last[lane] = line
        with printing:
            print(f"{lane:<9} {line}", flush=True)


def _lines(process: "subprocess.Popen[str]") -> Iterator[str]:
    assert process.stdout
    for line in process.stdout:
        if text := line.rstrip():
            yield text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
