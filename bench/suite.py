"""The tests that need no Docker engine."""

import sys
from collections.abc import Iterator

from bench.figure import Figure, Line
from bench.options import ROOT, Options
from bench.process import run, seconds

SECONDS = 60


def tests(_options: Options) -> Iterator[Line]:
    """Unit, policy and engine tests on two cores, once: they are long."""
    suite = run([sys.executable, "-m", "pytest", "-m", "not live", "-n", "2", "-q", "tests"], ROOT)
    last = suite.output.strip().splitlines()[-1].strip("= ").partition(" in ")[0]
    yield Figure(f"tests that need no engine ({last})", seconds([suite]), aim=SECONDS)
