"""A preview of dev with the whole policy pack."""

import shutil
from collections.abc import Iterator

from bench.checkout import STACK, checkout
from bench.figure import Figure, Line, Unmeasured
from bench.options import Options
from bench.process import Run, interleaved, processor, run, seconds
from bench.size import resources
from tests.live.checkout import Checkout

SECONDS = 3.0
OF_THE_CLI = 0.4


def preview(options: Options) -> Iterator[Line]:
    """The embedded engine, beside the Pulumi CLI where that is installed."""
    installed = bool(shutil.which("pulumi"))
    with checkout() as copy:
        sides = [lambda: embedded(copy), lambda: cli(copy)] if installed else [lambda: embedded(copy)]
        own, *others = interleaved(options.runs, *sides)
    name = f"preview of dev with its policies, {resources(own[0])} resources"
    yield Figure(name, seconds(own), aim=SECONDS)
    yield Figure(f"{name}: processor time", processor(own))
    for runs in others:
        yield Figure(name, seconds(own), against="the pulumi CLI", reference=seconds(runs), aim=OF_THE_CLI)
    if not installed:
        yield Unmeasured(f"{name}, against the pulumi CLI", "pulumi is not installed")


def embedded(copy: Checkout) -> Run:
    """One preview with the embedded engine."""
    command = ["./pulumiw", "--engine", "embedded", "preview", "--stack", STACK, "--json"]
    return run(command, copy.path, copy.environment)


def cli(copy: Checkout) -> Run:
    """One preview with the CLI."""
    command = ["pulumi", "preview", "--non-interactive", "--json", "--stack", STACK, "--policy-pack", "policies"]
    return run(command, copy.path, copy.environment)
