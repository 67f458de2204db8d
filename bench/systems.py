"""Every system beside the others on one engine: what each plans and takes to come up, and what all of them need."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker import APIClient

from bench.checkout import built, engine
from bench.figure import Figure, Line, Samples
from bench.options import Options
from bench.process import Run, run, seconds
from bench.size import resources
from tests.live.checkout import Checkout
from tests.live.neighbours import NEIGHBOURS, Neighbour, neighbours


@dataclass(frozen=True)
class Risen:
    """One system that was brought up."""

    name: str
    preview: Run
    up: Run


def systems(_options: Options) -> Iterator[Line]:
    """Each is brought up once, and stays until all are: it takes minutes."""
    docker = engine()
    built()
    with tempfile.TemporaryDirectory(prefix="rempart-bench-") as folder, neighbours(Path(folder)) as copy:
        risen = [rise(copy, each) for each in NEIGHBOURS]
        used = memory(docker)
    yield from figures(risen, used)


def figures(risen: list[Risen], used: list[tuple[float, float]]) -> Iterator[Line]:
    """What one round says; `used` are the mebibytes of each container, now and at most."""
    for count, each in enumerate(risen):
        planned = resources(each.preview)
        yield Figure(f"preview of {each.name}, {planned} resources", seconds([each.preview]))
        beside = f" beside {count} others" if count else ""
        yield Figure(f"up of {each.name} from nothing{beside}", seconds([each.up]))
    yield Figure("all of them up, one after another", Samples((sum(each.up.seconds for each in risen),)))
    now, most = (Samples((sum(values),)) for values in zip(*used, strict=True))
    yield Figure(f"memory of their {len(used)} containers", now, "MiB")
    yield Figure("the sum of each one's peak, files in the cache included", most, "MiB")


def rise(copy: Checkout, each: Neighbour) -> Risen:
    """A preview of a system that is not there, and its deployment."""
    base = ["./pulumiw", "--engine", "embedded", "--non-interactive"]
    plan = run([*base, "preview", "--json", "--stack", each.name], copy.path, copy.environment)
    up = run([*base, "up", "--yes", "--stack", each.name], copy.path, copy.environment)
    return Risen(each.name.removeprefix("beside-"), plan, up)


def memory(docker: APIClient) -> list[tuple[float, float]]:
    """Of each of their containers the mebibytes now, without what the kernel can drop, and at most."""
    wanted = [each.name for each in NEIGHBOURS]
    labelled = docker.containers(filters={"label": "rempart.stack"})
    mine = [each["Id"] for each in labelled if each["Labels"]["rempart.stack"] in wanted]
    return [_memory(docker, identity) for identity in mine]


def _memory(docker: APIClient, identity: str) -> tuple[float, float]:
    stats: dict[str, Any] = docker.stats(identity, stream=False)["memory_stats"]
    droppable = stats["stats"].get("total_inactive_file", stats["stats"].get("inactive_file", 0))
    return (stats["usage"] - droppable) / 1024**2, stats.get("max_usage", stats["usage"]) / 1024**2
