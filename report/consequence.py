"""What a plan means for what runs: which services restart, are replaced or go, and whether nothing runs meanwhile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from report.plan import Change
from report.urn import type_of

SERVICE: Final = "docker:index/service:Service"
CONTAINER: Final = "docker:index/container:Container"
_RESTARTING: Final = {"taskSpec", "endpointSpec"}
"""What Swarm starts new tasks for; a change of replicas, labels or update settings leaves the old ones running."""


@dataclass(frozen=True)
class Consequence:
    """`op` is update, replace or delete; `interrupted`: for a while, or from then on, nothing of it runs."""

    urn: str
    name: str
    op: str
    what: str
    interrupted: bool


def consequences(changes: Iterable[Change]) -> list[Consequence]:
    """Of a plan as `effective` gives it: what is interrupted first."""
    found = [consequence for change in changes if (consequence := consequence_of(change))]
    return sorted(found, key=lambda it: (not it.interrupted, it.name))


def consequence_of(change: Change) -> Consequence | None:
    """What happens to a service or container that ran before; None when it goes on running."""
    if type_of(change.urn) not in (SERVICE, CONTAINER):
        return None
    match change.op:
        case "delete":
            what, interrupted = "goes", True
        case "replace":
            interrupted = change.deletes_first
            what = "replaced: interrupted" if interrupted else "replaced: blue/green"
        case "update" if type_of(change.urn) == SERVICE and _RESTARTING & set(change.diffs):
            what, interrupted = _restart(change.new)
        case _:
            return None
    return Consequence(change.urn, change.name, change.op, what, interrupted)


def _restart(service: Mapping[str, Any]) -> tuple[str, bool]:
    update = _below(service, "updateConfig")
    if update.get("order") == "start-first":
        return "restarts: rolling, start-first", False
    replicas = _below(service, "mode", "replicated").get("replicas", 1)
    at_once = update.get("parallelism", 1)
    if isinstance(replicas, int) and isinstance(at_once, int) and 0 < at_once < replicas:
        return "restarts: rolling, stop-first", False
    return "restarts: interrupted", True


def _below(value: Any, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
