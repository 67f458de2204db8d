"""Replacing a resource: in which order the old one goes and the new one comes, and which dependents go with it."""

from engine import steps
from engine.deployment import Change, Deployment
from engine.provider import Diff
from engine.state import ResourceState
from engine.values import UNKNOWN, reveal

_NO_DIFF = Diff()


def create_first(deployment: Deployment, old: ResourceState, new: ResourceState, diff: Diff = _NO_DIFF) -> None:
    """The default: the new one is made beside the old one, which is deleted when nothing uses it any more."""
    steps.create(deployment, Change("create-replacement", old, new, diff.changed, diff.replaces))
    _doom(deployment, old)
    steps.mark(deployment, Change("replace", old, new, diff.changed, diff.replaces))


def read_first(deployment: Deployment, old: ResourceState, new: ResourceState) -> None:
    """The program reads what exists in place of what it had made, which is deleted when nothing uses it any more."""
    steps.read(deployment, Change("read-replacement", old, new))
    _doom(deployment, old)
    steps.mark(deployment, Change("replace", old, new))


def _doom(deployment: Deployment, old: ResourceState) -> None:
    old.delete = True
    deployment.journal.rewritten(old)


def delete_first(deployment: Deployment, old: ResourceState, new: ResourceState, diff: Diff) -> None:
    """Deletes the old one before the new one is made, after all that a change of it would replace."""
    with deployment.lock:
        dependents = [found for found in _dependents(deployment, old) if found[0].urn not in deployment.condemned]
        for each, keys in dependents:
            if each.protect:
                raise deployment.fail(
                    f'unable to replace resource "{each.urn}" as part of replacing "{new.urn}" as it is currently '
                    "marked for protection. To unprotect the resource, remove the `protect` flag from the resource "
                    "in your Pulumi program and run `pulumi up`, or use the command:\n"
                    f"`pulumi state unprotect '{each.urn}'`",
                    new.urn,
                )
            deployment.condemned[each.urn] = keys
    for each, _ in reversed(dependents):
        steps.delete(deployment, Change("delete-replaced", each), awaits_replacement=True)
    if not old.pending_replacement:
        steps.delete(deployment, Change("delete-replaced", old), awaits_replacement=True)
    steps.mark(deployment, Change("replace", old, new, diff.changed, diff.replaces))
    change = Change("create-replacement", old, new, diff.changed, diff.replaces)
    steps.create(deployment, change, supersedes=old)


def recreate(deployment: Deployment, old: ResourceState, new: ResourceState, keys: tuple[str, ...]) -> None:
    """Makes anew what was deleted for the sake of a resource that it depends on."""
    steps.mark(deployment, Change("replace", old, new))
    steps.create(deployment, Change("create-replacement", old, new, (), keys), supersedes=old)


def _dependents(deployment: Deployment, root: ResourceState) -> list[tuple[ResourceState, tuple[str, ...]]]:
    """What a change of `root` would replace, each after all that it depends on, with the properties that force it."""
    replaced = {root.urn}
    found: list[tuple[ResourceState, tuple[str, ...]]] = []
    for each in deployment.base[deployment.base.index(root) + 1 :]:
        if (
            not each.custom
            or each.external
            or each.delete
            or each.pending_replacement
            or each.urn in deployment.claimed
        ):
            continue
        if each.provider.rsplit("::", 1)[0] in replaced:
            found.append((each, ()))
            replaced.add(each.urn)
            continue
        affected = {key for key, urns in each.property_dependencies.items() if not replaced.isdisjoint(urns)}
        if not affected:
            continue
        news = {key: UNKNOWN if key in affected else reveal(value) for key, value in each.inputs.items()}
        provider = deployment.packages.provider(each.type)
        diff = provider.diff(each.type, each.id, reveal(each.inputs), reveal(each.outputs), news)
        if diff.replaces:
            found.append((each, diff.replaces))
            replaced.add(each.urn)
    return found
