"""The single steps: same, create, update, delete, read. Each records itself before and after the provider's call."""

from typing import Any

from engine.deployment import Change, Deployment
from engine.provider import PartialCreate, ProviderError
from engine.state import ResourceState, now
from engine.values import reveal, seal_named, taint


def same(deployment: Deployment, change: Change) -> None:
    """Nothing to do but to record the resource as the program now declares it."""
    old, new = _both(change)
    with deployment.step(change):
        new.id, new.init_errors = old.id, []
        new.outputs = _marked(deployment, new, old.outputs)
        deployment.journal.same(old, new)


def create(deployment: Deployment, change: Change, *, supersedes: ResourceState | None = None) -> None:
    """Creates a resource; `supersedes` leaves the record in the same moment in which the new one enters it."""
    new = change.new
    assert new
    with deployment.step(change):
        deployment.hooks.run("before_create", new)
        if not new.custom:
            deployment.journal.end(None, gone=supersedes, new=_stamped(new, created=True))
        elif deployment.preview:
            planned = deployment.packages.provider(new.type).planned(new.type, reveal(new.inputs), None)
            new.outputs = _marked(deployment, new, planned)
            deployment.journal.end(None, gone=supersedes, new=new)
        else:
            _create(deployment, new, supersedes)
        _after(deployment, change)


def _create(deployment: Deployment, new: ResourceState, supersedes: ResourceState | None) -> None:
    provider = deployment.packages.provider(new.type)
    token = deployment.journal.begin("creating", new, outside=provider.outside)
    try:
        new.id, outputs = provider.create(new.type, reveal(new.inputs), deployment.progress(new.urn))
        if not new.id:
            raise ProviderError(f"plugin returned empty resource.ID from create '{new.urn}'")
    except PartialCreate as error:
        new.id, new.outputs, new.init_errors = error.id, _marked(deployment, new, error.outputs), [str(error)]
        deployment.journal.end(token, gone=supersedes, new=_stamped(new, created=True))
        raise
    except ProviderError:
        deployment.journal.end(token)
        raise
    new.outputs = _marked(deployment, new, outputs)
    deployment.journal.end(token, gone=supersedes, new=_stamped(new, created=True))


def update(deployment: Deployment, change: Change) -> None:
    """Changes a resource in place."""
    old, new = _both(change)
    new.id = old.id
    with deployment.step(change):
        deployment.hooks.run("before_update", new, old)
        if not new.custom:
            deployment.journal.end(None, gone=old, new=_stamped(new))
        elif deployment.preview:
            provider = deployment.packages.provider(new.type)
            new.outputs = _marked(deployment, new, provider.planned(new.type, reveal(new.inputs), reveal(old.outputs)))
            deployment.journal.end(None, gone=old, new=new)
        else:
            _update(deployment, old, new)
        _after(deployment, change)


def _after(deployment: Deployment, change: Change) -> None:
    """The hooks after a step; those of a component wait until it says that it is complete."""
    assert change.new
    if change.new.custom:
        run_after(deployment, change)
    else:
        deployment.unfinished[change.urn] = change


def run_after(deployment: Deployment, change: Change) -> None:
    """The hooks after a creation or an update; a ProviderError when one fails."""
    assert change.new
    if change.op == "update":
        deployment.hooks.run("after_update", change.new, change.old)
    else:
        deployment.hooks.run("after_create", change.new)


def _update(deployment: Deployment, old: ResourceState, new: ResourceState) -> None:
    provider = deployment.packages.provider(new.type)
    token = deployment.journal.begin("updating", new, outside=provider.outside)
    try:
        outputs = provider.update(
            new.type,
            old.id,
            reveal(old.inputs),
            reveal(old.outputs),
            reveal(new.inputs),
            deployment.progress(new.urn),
        )
    except PartialCreate as error:
        new.outputs, new.init_errors = _marked(deployment, new, error.outputs), [str(error)]
        new.inputs = old.inputs  # what was asked for has not come about
        deployment.journal.end(token, gone=old, new=_stamped(new))
        raise
    except ProviderError:
        deployment.journal.end(token)
        raise
    new.outputs = _marked(deployment, new, outputs)
    deployment.journal.end(token, gone=old, new=_stamped(new))


def delete(deployment: Deployment, change: Change, *, awaits_replacement: bool = False) -> None:
    """Deletes a resource; one that awaits its replacement stays in the record, so marked, until that is there."""
    old = change.old
    assert old
    refused = old.protect and change.op == "delete"  # whether it may be replaced was asked before
    with deployment.step(change, refused=refused):
        if refused:
            raise _protected(old)
        real = old.custom and not old.external and not old.retain_on_delete
        deployment.hooks.run("before_delete", old)
        token = None
        if real and not deployment.preview:
            provider = deployment.packages.provider(old.type)
            token = deployment.journal.begin("deleting", old, outside=provider.outside)
            try:
                provider.delete(old.type, old.id, reveal(old.outputs), deployment.progress(old.urn))
            except ProviderError:
                deployment.journal.end(token)
                raise
        if awaits_replacement:
            old.pending_replacement = True
            deployment.journal.rewritten(old)
        deployment.journal.end(token, gone=None if awaits_replacement else old)
        deployment.hooks.run("after_delete", old)


def _protected(old: ResourceState) -> ProviderError:
    return ProviderError(
        f'resource "{old.urn}" cannot be deleted\n'
        "because it is protected. To unprotect the resource, either remove the `protect` flag from the resource in "
        f"your Pulumi program and run `pulumi up`, or use the command:\n`pulumi state unprotect '{old.urn}'`"
    )


def read(deployment: Deployment, change: Change, *, supersedes: ResourceState | None = None) -> None:
    """Reads what exists by its id; an error when it does not."""
    new = change.new
    assert new
    with deployment.step(change):
        provider = deployment.packages.provider(new.type)
        found = provider.read(new.type, new.id, reveal(new.inputs), {})
        if found is None:
            raise ProviderError(f"resource '{new.id}' does not exist")
        new.id, _, outputs = found
        new.outputs = seal_named(taint(outputs, new.inputs), new.additional_secret_outputs)
        deployment.journal.end(None, gone=supersedes, new=new)


def mark(deployment: Deployment, change: Change) -> None:
    """The step `replace`: nothing is done, it says what the steps around it mean."""
    with deployment.step(change):
        pass


def _both(change: Change) -> tuple[ResourceState, ResourceState]:
    assert change.old
    assert change.new
    return change.old, change.new


def _marked(deployment: Deployment, new: ResourceState, outputs: dict[str, Any]) -> dict[str, Any]:
    marked = seal_named(taint(outputs, new.inputs), new.additional_secret_outputs)
    deployment.redactor.learn(marked)
    return marked


def _stamped(new: ResourceState, *, created: bool = False) -> ResourceState:
    new.modified = now()
    if created:
        new.created = new.modified
    return new
