"""Every service runs as often as the diagram says, from the image that it says, healthy, and in time."""

# mypy: allow-untyped-calls

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from docker.errors import ImageNotFound

from diagram import Service
from diagram.stateful import Stateful
from verify.report import Row
from verify.running import Target


def convergence(target: Target) -> Iterator[Row]:
    """One row for each service of the diagram, and one for each service that the diagram does not know."""
    running = {service["Spec"]["Labels"]["rempart.service"]: service for service in target.services}
    for service in target.system.services:
        if service.name in running:
            yield _service(target, service, running[service.name]["ID"])
        else:
            yield Row(service.name, f"{service.tasks} running", ok=False, seen="no such service")
    for name in sorted(running.keys() - target.system.by_name.keys() - keepers(target)):
        yield Row(name, "is in the diagram", ok=False, seen="runs, and nobody declared it")
    for name in sorted(keepers(target)):
        yield _keeper(target, name)


def keepers(target: Target) -> set[str]:
    """The keepers' names: one for each service that keeps data."""
    return {f"{service.name}-keeper" for service in target.system.services if isinstance(service, Stateful)}


def _service(target: Target, service: Service, identifier: str) -> Row:
    claim = f"{service.tasks} running, healthy, {short(service.image)}"
    tasks = target.of(service.name)
    faults = [] if len(tasks) == service.tasks else [f"{len(tasks)} run"]
    faults += sorted({f"is {task.health}" for task in tasks if task.health != "healthy"})
    image = image_id(target, service.image)
    faults += sorted({f"runs {short(task.image)}" for task in tasks if task.image != image})
    took = seconds_to_run(target, identifier)
    limit = 3 * service.health.start
    faults += [f"took {took:.0f} s, and {limit} s are allowed"] if took > limit else []
    return Row(service.name, claim, not faults, "; ".join(faults) or f"in {took:.1f} s")


def _keeper(target: Target, name: str) -> Row:
    tasks = target.of(name)
    kept = target.system.by_name[name.removesuffix("-keeper")]
    ok = [task.health for task in tasks] == ["healthy"] and tasks[0].image == image_id(target, kept.image)
    return Row(name, f"1 running, healthy, {short(kept.image)}", ok, ", ".join(task.health for task in tasks) or "none")


def image_id(target: Target, reference: str) -> str:
    """The ID that `reference` has here; for images of ours, the one in the lock file."""
    lock = target.root / "images.lock.json"
    locked = json.loads(lock.read_text()) if lock.exists() else {}
    for entry in locked.values():
        if entry["reference"] == reference:
            return str(entry["id"])
    try:
        return str(target.engine.inspect_image(reference)["Id"])
    except ImageNotFound:
        return "no such image"


def seconds_to_run(target: Target, service: str) -> float:
    """The longest time from a task's creation to running, which in Swarm means healthy."""
    tasks = target.engine.tasks(filters={"service": service, "desired-state": "running"})
    return max((_seconds(task) for task in tasks if task["Status"]["State"] == "running"), default=0.0)


def _seconds(task: dict[str, Any]) -> float:
    created, running = (_moment(text) for text in (task["CreatedAt"], task["Status"]["Timestamp"]))
    return (running - created).total_seconds()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text.rstrip('Z')[:26]}+00:00")


def short(reference: str) -> str:
    """An image's reference or ID with its hash cut to what a person compares."""
    name, _, digest = reference.rpartition("sha256")
    return f"{name}{digest[:9]}" if name.endswith((":", "@")) else reference[:19]
