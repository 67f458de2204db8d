"""The policy pack on its own: what judging costs, how it grows, and what starting costs."""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bench.figure import Figure, Line, Samples
from bench.options import ROOT, Options
from bench.process import interleaved, processor, run
from policies.rules import RULES
from policies.rules.kit.resource import Resource
from policies.rules.kit.stack import Stack
from policies.rules.pack.judge import Judge
from tests.policies.test_program import deployed

SECONDS = 2.0
GROWTH = 12.0
COPIES = 10


def policies(options: Options) -> Iterator[Line]:
    """Every rule over dev as shipped, and over ten of it, each in a process of its own; importing the pack apart."""
    sides = [lambda: _judging(1), lambda: _judging(COPIES)]
    rounds = interleaved(options.runs, *sides)
    one, ten = (Samples(tuple(taken for _, taken in side)) for side in rounds)
    few, many = rounds[0][0][0], rounds[1][0][0]
    yield Figure(f"policies over {few} resources: processor time", one, aim=SECONDS)
    yield Figure(f"policies over {many} resources", ten, against=f"over {few}", reference=one, aim=GROWTH)
    start = [run([sys.executable, "-c", "import policies.rules.pack.server"], ROOT) for _ in range(options.runs)]
    yield Figure("starting the policy pack: processor time", processor(start))


def _judging(copies: int) -> tuple[int, float]:
    output = run([sys.executable, "-m", "bench.policies", str(copies)], ROOT).output.split()
    return int(output[-2]), float(output[-1])


def judge(resources: Sequence[Resource]) -> float:
    """The processor seconds that all rules take."""
    judging = Judge(RULES)
    began = time.process_time()
    for resource in resources:
        list(judging.resource(resource))
    list(judging.stack(Stack(resources)))
    return time.process_time() - began


def copied(resources: Sequence[Resource], number: int) -> Iterator[Resource]:
    """The stack once more, under other names: what its resources were made from is its own too."""
    for it in resources:
        dependencies = {name: [_named(urn, number) for urn in urns] for name, urns in it.dependencies.items()}
        props = _told(it.props, number)
        yield replace(
            it, name=f"{it.name}-{number}", urn=_named(it.urn, number), props=props, dependencies=dependencies
        )


def _named(urn: str, number: int) -> str:
    return f"{urn}-{number}"


def _told(value: Any, number: int) -> Any:
    """`value` with its longer texts made another's, so that no cache knows them."""
    if isinstance(value, dict):
        return {key: _told(item, number) for key, item in value.items()}
    if isinstance(value, list):
        return [_told(item, number) for item in value]
    return f"{value}{' ' * number}" if isinstance(value, str) and " " in value else value


if __name__ == "__main__":
    shipped = deployed("dev")
    stack = [it for number in range(int(sys.argv[1])) for it in copied(shipped, number)]
    sys.stdout.write(f"{len(stack)} {judge(stack)}\n")
