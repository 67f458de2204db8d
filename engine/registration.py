"""What one registration leads to: find the old resource, check, ask the policies, diff, and take the steps."""

from typing import Any

from pulumi.runtime.proto import alias_pb2, analyzer_pb2

from engine import paths, replacement, steps
from engine import urn as urns
from engine.deployment import Change, Deployment
from engine.errors import EngineError
from engine.events import BLOCKING
from engine.goal import Goal
from engine.packages import DYNAMIC, default_version
from engine.provider import Diff, ProviderError
from engine.state import ResourceState
from engine.values import SECRET_MARK, Secret, reveal, taint


def register(deployment: Deployment, goal: Goal) -> ResourceState:
    """Brings the resource of `goal` to be as asked, or plans it in a preview; returns its new state."""
    urn = deployment.urn(goal.parent, goal.type, goal.name)
    try:
        return _register(deployment, goal, urn)
    except (EngineError, ProviderError) as error:
        raise deployment.fail(str(error), urn) from error


def _register(deployment: Deployment, goal: Goal, urn: str) -> ResourceState:
    old = _claim(deployment, goal, urn)
    if goal.custom and not urns.is_provider(goal.type):
        goal.provider = goal.provider or default_provider(deployment, urns.package_of(goal.type), goal.version)
    elif goal.custom and goal.version and "version" not in goal.inputs:
        goal.inputs["version"] = goal.version
    if old:
        for path in goal.ignore_changes:
            goal.inputs = paths.reset(goal.inputs, old.inputs, paths.parse(path))
    new = _new_state(goal, urn, old)
    early = deployment.condemned.get(urn)
    carried = old if old and not old.external and early is None else None
    _check(deployment, new, goal, carried)
    _ask_policies(deployment, new, goal)
    if old and old.external:
        replacement.create_first(deployment, old, new)
    elif old and early is not None:
        replacement.recreate(deployment, old, new, early)
    elif old:
        _change(deployment, goal, old, new)
    else:
        steps.create(deployment, Change("create", None, new))
    with deployment.lock:
        deployment.news[urn] = new
    return new


def default_provider(deployment: Deployment, package: str, version: str) -> str:
    """The reference of a package's default provider, registered when its first resource comes."""
    version = default_version(package, version)
    name = f"default_{version.replace('.', '_')}" if version else "default"
    type_ = f"{urns.PROVIDER_PREFIX}{package}"
    urn = deployment.urn("", type_, name)
    with deployment.lock:
        known = deployment.news.get(urn)
        if known is None:
            inputs = deployment.config if package == DYNAMIC else {"version": version} if version else {}
            known = register(deployment, _provider_goal(type_, name, inputs))
    return urns.reference(urn, known.id)


def _provider_goal(type: str, name: str, inputs: dict[str, Any]) -> Goal:  # noqa: A002
    return Goal(
        type=type,
        name=name,
        custom=True,
        parent="",
        inputs=inputs,
        dependencies=[],
        property_dependencies={},
        provider="",
        version="",
        protect=False,
        delete_before_replace=None,
        ignore_changes=[],
        replace_on_changes=[],
        additional_secret_outputs=[],
        retain_on_delete=False,
        aliases=[],
        hooks={},
    )


def _claim(deployment: Deployment, goal: Goal, urn: str) -> ResourceState | None:
    """Takes the URN for this registration and returns the old resource that it continues, by its URN or an alias."""
    with deployment.lock:
        if urn in deployment.claimed:
            raise deployment.fail(f"Duplicate resource URN '{urn}'; try giving it a unique name", urn)
        continued = deployment.journal.names
        if urn in continued:
            raise deployment.fail(
                f"Duplicate resource URN '{urn}' conflicting with alias on resource with URN '{continued[urn]}'", urn
            )
        deployment.claimed.add(urn)
        for name in (urn, *_aliases(deployment, goal)):
            old = deployment.olds.get(name)
            if old is None:
                continue
            if name != urn:
                if name in deployment.claimed or name in continued:
                    raise deployment.fail(
                        f"Duplicate resource alias '{name}' applied to resource with URN '{urn}' conflicting with "
                        f"resource with URN '{continued.get(name, urn)}'",
                        urn,
                    )
                deployment.alias_of[urn] = name
                continued[name] = urn
            deployment.consumed.add(id(old))
            return old
    return None


def _aliases(deployment: Deployment, goal: Goal) -> list[str]:
    """The URNs that this resource may have had: its own aliases, and those that it inherits from its parent."""
    own = [_alias_urn(deployment, goal, alias) for alias in goal.aliases]
    inherited = []
    if former := deployment.alias_of.get(goal.parent):
        parent = urns.name_of(goal.parent)
        for type_, name in [(goal.type, goal.name), *((urns.type_of(urn), urns.name_of(urn)) for urn in own)]:
            former_name = urns.name_of(former) + name[len(parent) :] if name.startswith(parent) else name
            inherited.append(deployment.urn(former, type_, former_name))
    return [*own, *inherited]


def _alias_urn(deployment: Deployment, goal: Goal, alias: alias_pb2.Alias) -> str:
    if alias.urn:
        return alias.urn
    spec = alias.spec
    parent = deployment.alias_of.get(spec.parentUrn, spec.parentUrn) or goal.parent
    return urns.build(
        spec.stack or deployment.stack,
        spec.project or deployment.project,
        "" if spec.noParent else parent,
        spec.type or goal.type,
        spec.name or goal.name,
    )


def _new_state(goal: Goal, urn: str, old: ResourceState | None) -> ResourceState:
    return ResourceState(
        urn=urn,
        type=goal.type,
        custom=goal.custom,
        inputs=goal.inputs,
        parent=goal.parent,
        protect=goal.protect,
        dependencies=goal.dependencies,
        provider=goal.provider,
        property_dependencies=goal.property_dependencies,
        additional_secret_outputs=goal.additional_secret_outputs,
        retain_on_delete=goal.retain_on_delete,
        created=old.created if old else "",
        modified=old.modified if old else "",
        ignore_changes=goal.ignore_changes,
        replace_on_changes=goal.replace_on_changes,
        hooks=goal.hooks,
    )


def _check(deployment: Deployment, new: ResourceState, goal: Goal, old: ResourceState | None) -> None:
    """Lets the provider complete and judge the inputs; `old` is the resource whose defaults are kept."""
    if not new.custom:
        return
    provider = deployment.packages.provider(new.type)
    olds = reveal(old.inputs) if old else None
    checked, failures = provider.check(new.type, goal.name, olds, reveal(goal.inputs))
    new.inputs = taint(checked, goal.inputs)
    deployment.redactor.learn(new.inputs)
    if failures:
        for failure in failures:
            value = _quoted(new.inputs.get(failure.property))
            about = f": property {failure.property} value {{{value}}}" if failure.property else ""
            deployment.error(f"{new.type} resource '{goal.name}'{about} has a problem: {failure.reason}", new.urn)
        raise deployment.fail(f"{new.type} resource '{goal.name}' is invalid", new.urn)


def _quoted(value: Any) -> str:
    """`value` as the CLI tells it, and nothing that is secret in it."""
    match value:
        case Secret():
            return SECRET_MARK
        case None:
            return "<nil>"
        case bool():
            return str(value).lower()
        case list():
            return f"[{' '.join(f'{{{_quoted(item)}}}' for item in value)}]"
        case dict():
            return f"map[{' '.join(f'{key}:{{{_quoted(item)}}}' for key, item in sorted(value.items()))}]"
        case _:
            return str(value)


def _ask_policies(deployment: Deployment, new: ResourceState, goal: Goal) -> None:
    """Asks every pack; a violation is reported in a preview, and ends an update before the resource's step."""
    provider = deployment.news.get(urns.referred(new.provider)) if new.provider else None
    options = {
        "protect": new.protect,
        "ignoreChanges": goal.ignore_changes,
        "deleteBeforeReplace": bool(goal.delete_before_replace),
        "deleteBeforeReplaceDefined": goal.delete_before_replace is not None,
        "additionalSecretOutputs": goal.additional_secret_outputs,
        "aliases": [name] if (name := deployment.alias_of.get(new.urn)) else [],
        "customTimeouts": analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(),
        "parent": new.parent,
    }
    new.inputs, findings = deployment.policies.remediate(new, options, provider)
    findings += deployment.policies.analyze(new, options, provider)
    for finding in findings:
        deployment.emit(finding)
    if not deployment.preview and any(finding.severity in BLOCKING for finding in findings):
        raise deployment.fail(f"resource {new.urn} violates a policy", new.urn)


def _change(deployment: Deployment, goal: Goal, old: ResourceState, new: ResourceState) -> None:
    diff = _with_replace_on_changes(goal, old, new, _diff(deployment, old, new))
    if diff.replaces or old.pending_replacement:
        _replace(deployment, goal, old, new, diff)
    elif diff.changed or diff.unnamed or old.init_errors:
        steps.update(deployment, Change("update", old, new, diff.changed))
    else:
        steps.same(deployment, Change("same", old, new))


def _diff(deployment: Deployment, old: ResourceState, new: ResourceState) -> Diff:
    if not new.custom:
        keys = sorted({*old.inputs, *new.inputs})
        return Diff(tuple(key for key in keys if old.inputs.get(key) != new.inputs.get(key)))  # marks of secrets count
    provider = deployment.packages.provider(new.type)
    return provider.diff(new.type, old.id, reveal(old.inputs), reveal(old.outputs), reveal(new.inputs))


def _with_replace_on_changes(goal: Goal, old: ResourceState, new: ResourceState, diff: Diff) -> Diff:
    """`diff` with the changes that the program wants to be replacements."""
    wanted = [paths.parse(text) for text in goal.replace_on_changes]
    deep = list(paths.changed(old.inputs, new.inputs)) if wanted else []
    forced = set(diff.replaces)
    for key in diff.changed:
        places = [(key,), *(place for place in deep if place[0] == key)]
        if any(paths.covers(path, place) for path in wanted for place in places):
            forced.add(key)
    order = [*diff.changed, *(key for key in diff.replaces if key not in diff.changed)]
    return Diff(diff.changed, tuple(key for key in order if key in forced), diff.delete_before_replace, diff.unnamed)


def _replace(deployment: Deployment, goal: Goal, old: ResourceState, new: ResourceState, diff: Diff) -> None:
    if new.protect and old.protect:
        message = (
            f'unable to replace resource "{new.urn}"\nas it is currently marked for protection. To unprotect the '
            "resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`"
        )
        if not deployment.preview:
            raise deployment.fail(message, new.urn)
        deployment.error(message, new.urn)
    goal.inputs = goal.declared
    _check(deployment, new, goal, None)
    first = diff.delete_before_replace if goal.delete_before_replace is None else goal.delete_before_replace
    if first or old.pending_replacement:
        replacement.delete_first(deployment, old, new, diff)
    else:
        replacement.create_first(deployment, old, new, diff)


def read(deployment: Deployment, goal: Goal, id: str) -> ResourceState:  # noqa: A002
    """The state of a resource that exists outside of this stack, as the program asks for it by id."""
    urn = deployment.urn(goal.parent, goal.type, goal.name)
    old = _claim(deployment, goal, urn)
    goal.provider = goal.provider or default_provider(deployment, urns.package_of(goal.type), goal.version)
    new = _new_state(goal, urn, old)
    new.id, new.external = id, True
    if old and not old.external and old.id != id:
        replacement.read_first(deployment, old, new)
    else:
        steps.read(deployment, Change("read", old, new), supersedes=old)
    with deployment.lock:
        deployment.news[urn] = new
    return new
