"""Operations that an earlier run began and did not end: what became of them is looked up, not guessed."""

from typing import Any

from engine.deployment import Deployment
from engine.events import Diagnostic
from engine.packages import DYNAMIC
from engine.state import ResourceState
from engine.urn import package_of
from engine.values import equal, reveal, seal_named, taint

UNFINISHED = "the run that created it ended before it was known to work"


def resolve(deployment: Deployment) -> None:
    """Adopts what an interrupted creation made. Updates and deletions are planned again: both may be repeated."""
    for kind, resource in deployment.pending:
        if kind == "creating":
            _resolve_creation(deployment, resource)
        deployment.journal.forget(resource)


def _resolve_creation(deployment: Deployment, resource: ResourceState) -> None:
    provider = deployment.packages.provider(resource.type)
    inputs = reveal(resource.inputs)
    if package_of(resource.type) == DYNAMIC:
        message = "was being created when the last run ended: whether it exists is not known, it is created again"
        deployment.emit(Diagnostic("warning", resource.urn, message))
        return
    found = provider.find(resource.type, inputs)
    actual = provider.read(resource.type, found, inputs, {}) if found else None
    if actual is None:
        return
    resource.id = actual[0]
    resource.outputs = seal_named(taint(actual[2], resource.inputs), resource.additional_secret_outputs)
    resource.init_errors = [UNFINISHED]
    deployment.emit(Diagnostic("info", resource.urn, "was being created when the last run ended, and exists: adopted"))
    _adopt(deployment, resource)


def _adopt(deployment: Deployment, resource: ResourceState) -> None:
    """Puts `resource` into the old state: what it was to replace must go, unless it was made once more since."""
    replaced = deployment.olds.get(resource.urn)
    deployment.journal.adopt(resource, replaced)
    if replaced is None or replaced.pending_replacement:
        deployment.journal.end(None, gone=replaced)
        deployment.olds[resource.urn] = resource
    elif equal(_unnamed(replaced), _unnamed(resource)):
        resource.delete = True
    else:
        replaced.delete = True
        deployment.journal.rewritten(replaced)
        deployment.olds[resource.urn] = resource
    deployment.base = deployment.journal.resources()


def _unnamed(resource: ResourceState) -> dict[str, Any]:
    return {key: value for key, value in resource.inputs.items() if key != "name"}
