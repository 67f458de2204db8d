"""Refresh: the state is brought to how the resources really are."""

from concurrent.futures import ThreadPoolExecutor

from engine import urn as urns
from engine.deployment import Change, Deployment, Stop
from engine.state import ResourceState, now
from engine.values import equal, reveal, seal_named, taint

_PARALLEL = 16


def refresh_all(deployment: Deployment, *, quietly: bool) -> None:
    """Reads every resource; records what drifted and forgets what is gone. `quietly` reports only those."""
    with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="refresh") as pool:
        tasks = [pool.submit(_refresh, deployment, each, quietly) for each in deployment.base if _real(each)]
    errors = [error for task in tasks if (error := task.exception())]
    if errors:
        raise errors[0] if isinstance(errors[0], Stop) else deployment.fail(str(errors[0]))
    if not quietly or len(deployment.journal.resources()) < len(deployment.base):
        _mend_references(deployment)


def _real(resource: ResourceState) -> bool:
    return resource.custom and not urns.is_provider(resource.type) and not resource.pending_replacement


def _refresh(deployment: Deployment, resource: ResourceState, quietly: bool) -> None:
    provider = deployment.packages.provider(resource.type)
    found = None

    def look() -> None:
        nonlocal found
        found = provider.read(resource.type, resource.id, reveal(resource.inputs), reveal(resource.outputs))

    if quietly:
        look()
    else:
        with deployment.step(Change("refresh", resource)):
            look()
    if found is None:
        _report(deployment, Change("delete", resource))
        with deployment.lock:
            deployment.consumed.add(id(resource))
            deployment.olds.pop(resource.urn, None)
        deployment.journal.end(None, gone=resource)
        return
    id_, inputs, outputs = found
    inputs = taint(inputs, resource.inputs)
    outputs = seal_named(taint(taint(outputs, inputs), resource.outputs), resource.additional_secret_outputs)
    changed = tuple(
        key for key in sorted({*resource.outputs, *outputs}) if not equal(resource.outputs.get(key), outputs.get(key))
    )
    if not changed and equal(resource.inputs, inputs):
        return
    drifted = ResourceState(**{**resource.__dict__, "inputs": inputs, "outputs": outputs})
    _report(deployment, Change("update", resource, drifted, changed))
    resource.id, resource.inputs, resource.outputs, resource.modified = id_, inputs, outputs, now()
    deployment.journal.rewritten(resource)


def _report(deployment: Deployment, change: Change) -> None:
    with deployment.step(change):
        pass


def _mend_references(deployment: Deployment) -> None:
    """Takes what is gone out of the dependencies of what is left; its children are without a parent."""
    left = deployment.journal.resources()
    urns_left = {each.urn for each in left}
    for each in left:
        parent = each.parent if each.parent in urns_left else ""
        dependencies = [urn for urn in each.dependencies if urn in urns_left]
        of_properties = {
            key: kept
            for key, found in each.property_dependencies.items()
            if (kept := [urn for urn in found if urn in urns_left])
        }
        if (parent, dependencies, of_properties) != (each.parent, each.dependencies, each.property_dependencies):
            each.parent, each.dependencies, each.property_dependencies = parent, dependencies, of_properties
            deployment.journal.rewritten(each)
    deployment.base = left
