"""`python -m bench [NAME...] [--json FILE]`: measure, and print the figures with their ratios."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from bench.backup import backup
from bench.deploy import up
from bench.figure import Line, Unmeasured
from bench.load import load
from bench.options import ROOT, Options
from bench.policies import policies
from bench.pooler import pooler
from bench.preview import preview
from bench.process import MeasureError
from bench.report import table, write
from bench.size import drawing, size
from bench.suite import tests
from bench.systems import systems

WIDTH = 150
"""Columns, where the output is no terminal."""
BENCHES: Mapping[str, Callable[[Options], Iterator[Line]]] = {
    bench.__name__: bench for bench in (preview, policies, up, size, drawing, pooler, backup, load, systems, tests)
}
BY_NAME_ONLY = frozenset({"backup", "load", "systems", "tests"})
"""What takes long or needs a stack that is up, and is measured only when it is asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 when everything could be tried, whatever the figures; 1 when something could not."""
    wanted = _parse(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    options = Options(wanted.runs, tuple(sorted(wanted.sizes)), wanted.megabytes)
    lines: list[Line] = []
    failed = False
    for name in wanted.names or [each for each in BENCHES if each not in BY_NAME_ONLY]:
        with console.status(f"measuring: {name}"):
            try:
                lines += BENCHES[name](options)
            except Exception as error:  # whatever keeps one from being measured keeps no other
                failed = True
                known = isinstance(error, MeasureError)
                lines.append(Unmeasured(name, str(error) if known else f"{type(error).__name__}: {error}"))
    console.print(table(lines))
    console.print(_circumstances(options))
    write(wanted.json, lines)
    console.print(f"written to {wanted.json}")
    return int(failed)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("bench", description="Measure, and print the figures with their ratios.")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"of {', '.join(BENCHES)}; all but {', '.join(sorted(BY_NAME_ONLY))} by default",
    )
    parser.add_argument("--json", type=Path, default=ROOT / ".rempart" / "bench.json", metavar="FILE")
    parser.add_argument("--runs", type=_positive, default=3, metavar="N", help="how often each thing is measured")
    parser.add_argument("--sizes", type=_positive, nargs="+", default=[10, 100, 1000], metavar="N",
                        help="services of the synthetic systems")  # fmt: skip
    parser.add_argument("--megabytes", type=_positive, default=1000, metavar="N", help="size of the database backed up")
    wanted = parser.parse_args(arguments)
    if unknown := [name for name in wanted.names if name not in BENCHES]:
        parser.error(f"nothing is called {', '.join(unknown)}; known: {', '.join(BENCHES)}")
    return wanted


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number}: at least 1")
    return number


def _circumstances(options: Options) -> str:
    load, processors = os.getloadavg()[0], len(os.sched_getaffinity(0))
    said = f"medians of {options.runs}, lowest to highest; {processors} processors, load {load:.1f}"
    return said + (": the machine is busy, and the ratios say more than the seconds" if load > processors else "")


if __name__ == "__main__":
    sys.exit(main())
