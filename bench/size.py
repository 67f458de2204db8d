"""How time and memory grow with the number of services."""

import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from bench import synthetic
from bench.figure import Figure, Line, Samples
from bench.options import ROOT, Options
from bench.process import Run, interleaved, mebibytes, run, seconds
from diagram.drawing import mermaid

GROWTH = 1.2
"""A tenfold system may take twelve times as long: linear, with a fifth for what is not."""
SEVERAL_TIMES = 100
"""A larger system is previewed once: it takes minutes."""
MEBIBYTES = 1024
DRAWING_SECONDS = 1.0


def size(options: Options) -> Iterator[Line]:
    """A preview of synthetic systems with the embedded engine, without policies."""
    with tempfile.TemporaryDirectory(prefix="rempart-bench-") as folder:
        roots = [Path(folder) / str(count) for count in options.sizes]
        for count, root in zip(options.sizes, roots, strict=True):
            synthetic.project(root, count)
        few = [root for count, root in zip(options.sizes, roots, strict=True) if count <= SEVERAL_TIMES]
        results = interleaved(options.runs, *(lambda root=root: preview(root) for root in few))
        results += [(preview(root),) for root in roots[len(few) :]]
    yield from grown(options.sizes, results)


def preview(root: Path) -> Run:
    """One preview of the project in `root`."""
    command = [str(ROOT / "pulumiw"), "--engine", "embedded", "preview", "--stack", "bench", "--json"]
    environment = {
        **os.environ,
        "PULUMI_BACKEND_URL": f"file://{root / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase for figures alone",
    }
    return run(command, root, environment)


def resources(preview: Run) -> int:
    """How many resources it planned."""
    counts: dict[str, int] = json.loads(preview.output)["changeSummary"]
    return sum(counts.values())


def grown(sizes: Sequence[int], results: Sequence[Sequence[Run]]) -> Iterator[Line]:
    """Each size's time and memory, and what each took of the one before it."""
    for count, runs in zip(sizes, results, strict=True):
        name = f"preview of {count:,} services, {resources(runs[0]):,} resources"
        yield Figure(name, seconds(runs))
        yield Figure(f"{name}: peak memory", mebibytes(runs), unit="MiB", aim=MEBIBYTES)
    for (few, before), (many, after) in pairwise(zip(sizes, results, strict=True)):
        aim = GROWTH * many / few
        yield Figure(
            f"preview of {many:,} services",
            seconds(after),
            against=f"of {few:,} services",
            reference=seconds(before),
            aim=aim,
        )


def drawing(options: Options) -> Iterator[Line]:
    """Checking and drawing the diagram of the largest synthetic system."""
    count = max(options.sizes)
    taken = []
    for _ in range(options.runs):
        began = time.monotonic()
        mermaid(synthetic.system(count))
        taken.append(time.monotonic() - began)
    yield Figure(f"validating and drawing {count:,} services", Samples(tuple(taken)), aim=DRAWING_SECONDS)
