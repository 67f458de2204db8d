"""Deleting what is no longer wanted: each resource after everything that uses it, in parallel where nothing does."""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from engine import steps
from engine.deployment import Change, Deployment, Stop
from engine.state import ResourceState

_PARALLEL = 16


def unwanted(deployment: Deployment) -> list[ResourceState]:
    """What the program no longer declares, and what was replaced."""
    return [each for each in deployment.base if each.delete or id(each) not in deployment.consumed]


def delete_all(deployment: Deployment, doomed: Sequence[ResourceState]) -> None:
    """Deletes `doomed`, given in an order in which each comes after all it uses; raises Stop when one fails."""
    users, waits_for = _graph(doomed)
    ready = [each for each in reversed(doomed) if not waits_for[id(each)]]
    running: dict[Future[None], ResourceState] = {}
    failed = False
    with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="delete") as pool:
        while ready or running:
            for each in sorted(ready, key=lambda each: each.protect):  # what is refused stops what has not begun
                running[pool.submit(_delete, deployment, each)] = each
            ready = []
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                each = running.pop(future)
                if future.exception():
                    failed = True
                    continue
                for used in users[id(each)]:
                    waits_for[id(used)].discard(id(each))
                    if not waits_for[id(used)]:
                        ready.append(used)
    if failed:
        raise Stop


def _delete(deployment: Deployment, each: ResourceState) -> None:
    if each.pending_replacement:
        with deployment.step(Change("remove-pending-replace", each)):
            deployment.journal.end(None, gone=each)
        return
    op = "discard" if each.external else "delete"
    steps.delete(deployment, Change(f"{op}-replaced" if each.delete else op, each))


def _graph(doomed: Sequence[ResourceState]) -> tuple[dict[int, list[ResourceState]], dict[int, set[int]]]:
    """For each resource, what it uses; and for each, whose deletion it waits for."""
    named: dict[str, list[ResourceState]] = defaultdict(list)
    used_by: dict[int, list[ResourceState]] = defaultdict(list)
    waits_for: dict[int, set[int]] = {id(each): set() for each in doomed}
    for each in doomed:
        for urn in each.uses():
            for used in named[urn]:
                used_by[id(each)].append(used)
                waits_for[id(used)].add(id(each))
        named[each.urn].append(each)
    return used_by, waits_for
