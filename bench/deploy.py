"""A deployment from nothing, beside `docker stack deploy` of the same services; and one without a change."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

from bench import preview, swarm
from bench.checkout import STACK, checkout, engine
from bench.compose import Compose, Resource, compose
from bench.figure import Figure, Line, Samples, Unmeasured
from bench.options import Options
from bench.process import Run, interleaved, run, seconds
from tests.live.checkout import Checkout

OF_STACK_DEPLOY = 1.3
OF_A_PREVIEW = 1.5
OF_THE_CLI = 0.6


def up(options: Options) -> Iterator[Line]:
    """Each round deploys with the embedded engine, with the CLI where it is installed, and with Docker alone."""
    docker = engine()
    ours, theirs, alone = [], [], []
    unchanged: list[tuple[Run, ...]] = []
    composed = Compose({}, {})
    with checkout() as copy:
        try:
            for _ in range(options.runs):
                ours.append(deployed(copy, "embedded"))
                if not unchanged:
                    composed = compose(registered(copy))
                    unchanged = interleaved(options.runs, lambda: deployed(copy, "embedded"), lambda: planned(copy))
                destroyed(copy)
                if shutil.which("pulumi"):
                    theirs.append(deployed(copy, "pulumi"))
                    destroyed(copy)
                alone.append(swarm.deploy(docker, composed))
                swarm.remove(docker)
        finally:
            swarm.remove(docker)
            destroyed(copy)
    yield from figures(len(composed.document["services"]), ours, theirs, alone, unchanged)


def figures(
    count: int, ours: list[Run], theirs: list[Run], alone: list[float], unchanged: list[tuple[Run, ...]]
) -> Iterator[Line]:
    """What the rounds say."""
    name, own = f"up from nothing, {count} services", seconds(ours)
    stack = Samples(tuple(alone))
    yield Figure(name, own, against="docker stack deploy", reference=stack, aim=OF_STACK_DEPLOY)
    if theirs:
        yield Figure(name, own, against="the pulumi CLI", reference=seconds(theirs), aim=OF_THE_CLI)
    else:
        yield Unmeasured(f"{name}, against the pulumi CLI", "pulumi is not installed")
    again, plans = (seconds(runs) for runs in unchanged)
    yield Figure("up without a change", again, against="a preview", reference=plans, aim=OF_A_PREVIEW)


def deployed(copy: Checkout, by: str) -> Run:
    """One ``up`` with the engine `by`."""
    command = ["./pulumiw", "--engine", by, "--non-interactive", "up", "--yes", "--stack", STACK]
    return run(command, copy.path, copy.environment)


def planned(copy: Checkout) -> Run:
    """One preview of what is deployed."""
    return preview.embedded(copy)


def destroyed(copy: Checkout) -> None:
    """Nothing of the stack is left on the engine."""
    run(["./pulumiw", "--engine", "embedded", "destroy", "--yes", "--stack", STACK], copy.path, copy.environment)


def registered(copy: Checkout) -> list[Resource]:
    """The resources of the deployed stack, its secrets in clear."""
    exported = run(["./pulumiw", "stack", "export", "--show-secrets", "--stack", STACK], copy.path, copy.environment)
    return [
        Resource(each["type"], each["urn"].rpartition("::")[2], each.get("id", ""), _clear(each.get("inputs", {})))
        for each in json.loads(exported.output)["deployment"]["resources"]
    ]


def _clear(value: Any) -> Any:
    """`value` with the form that the CLI gives to secrets opened."""
    if isinstance(value, dict):
        if "plaintext" in value:
            return json.loads(value["plaintext"])
        return {key: _clear(item) for key, item in value.items()}
    return [_clear(item) for item in value] if isinstance(value, list) else value
