"""What a program asks for: one registration, and the refusal of options that only the Pulumi CLI knows."""

from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime.proto import alias_pb2, resource_pb2

from engine import urn as urns
from engine.errors import UnsupportedError
from engine.state import ResourceState, hook_type
from engine.values import from_wire

HOOKS = ("before_create", "after_create", "before_update", "after_update", "before_delete", "after_delete")
_REFUSED = {
    "importId": "the option import_",
    "deletedWith": "the option deleted_with",
    "replace_with": "the option replace_with",
    "pluginDownloadURL": "the option plugin_download_url",
    "packageRef": "a parameterized package",
    "state_migrations": "the option state_migrations",
    "hideDiffs": "the option hide_diffs",
    "envVarMappings": "the option env_var_mappings",
    "remote": "a remote component",
}


@dataclass
class Goal:
    """A registration as the engine works with it."""

    type: str
    name: str
    custom: bool
    parent: str
    inputs: dict[str, Any]
    dependencies: list[str]
    property_dependencies: dict[str, list[str]]
    provider: str
    version: str
    protect: bool
    delete_before_replace: bool | None
    ignore_changes: list[str]
    replace_on_changes: list[str]
    additional_secret_outputs: list[str]
    retain_on_delete: bool
    aliases: list[alias_pb2.Alias]
    hooks: dict[str, list[str]]
    declared: dict[str, Any] = field(init=False)
    """The inputs before `ignore_changes` put old values in; a replacement is made from these."""

    def __post_init__(self) -> None:
        self.declared = self.inputs


def of(request: resource_pb2.RegisterResourceRequest, parent: str) -> Goal:
    """The goal of `request`; an UnsupportedError names the option that this engine does not know."""
    _refuse(request)
    inputs = from_wire(request.object)
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=parent,
        inputs=inputs,
        dependencies=sorted(set(request.dependencies)),
        property_dependencies={
            key: sorted(set(found.urns)) for key, found in sorted(request.propertyDependencies.items())
        },
        provider=request.provider,
        version=request.version,
        protect=request.protect,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        ignore_changes=list(request.ignoreChanges),
        replace_on_changes=list(request.replaceOnChanges),
        additional_secret_outputs=list(request.additionalSecretOutputs),
        retain_on_delete=request.retainOnDelete,
        aliases=list(request.aliases),
        hooks={hook_type(kind): list(names) for kind in HOOKS if (names := getattr(request.hooks, kind))},
    )


def inherit(request: resource_pb2.RegisterResourceRequest, parent: ResourceState) -> None:
    """Gives `request` what its parent has and it does not say itself: whether it is protected, kept, and by whom made.

    The SDK passes some of it on, but not all; a transform of the parent may have changed it, too.
    """
    if not request.HasField("protect"):
        request.protect = parent.protect
    if not request.HasField("retainOnDelete"):
        request.retainOnDelete = parent.retain_on_delete
    if not request.provider and request.custom and parent.provider:
        provider = urns.type_of(urns.referred(parent.provider))
        if provider == f"{urns.PROVIDER_PREFIX}{urns.package_of(request.type)}":
            request.provider = parent.provider


def _refuse(request: resource_pb2.RegisterResourceRequest) -> None:
    where = f"{request.type} {request.name!r}"
    if request.type == "pulumi:pulumi:StackReference":
        raise UnsupportedError(f"{request.name!r}: a StackReference")
    for name, what in _REFUSED.items():
        if getattr(request, name):
            raise UnsupportedError(f"{where}: {what}")
    timeouts = request.customTimeouts
    if timeouts.create or timeouts.update or timeouts.delete:
        raise UnsupportedError(f"{where}: the option custom_timeouts")
    if request.HasField("replacement_trigger") and request.replacement_trigger.WhichOneof("kind") != "null_value":
        raise UnsupportedError(f"{where}: the option replacement_trigger")
    if request.hooks.on_error:
        raise UnsupportedError(f"{where}: an error hook")
