"""Callbacks into the program: transforms of registrations, and hooks around steps."""

import threading
from dataclasses import dataclass
from typing import Any

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from engine import urn as urns
from engine.provider import ProviderError
from engine.state import ResourceState, hook_type
from engine.values import to_wire

_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024)]


@dataclass(frozen=True)
class _Hook:
    callback: callback_pb2.Callback
    on_dry_run: bool
    ignore_errors: bool


class Hooks:
    """The callbacks that the program registered; each is served by the program's own event loop.

    No method holds a lock during a call, so that registering a callback, which happens on that loop, never waits.
    """

    def __init__(self, preview: bool) -> None:
        self._preview = preview
        self._hooks: dict[str, _Hook] = {}
        self._stack_transforms: list[callback_pb2.Callback] = []
        self._invoke_transforms: list[callback_pb2.Callback] = []
        self._transforms: dict[str, list[callback_pb2.Callback]] = {}
        self._parents: dict[str, str] = {}
        self._stubs: dict[str, Any] = {}
        self._lock = threading.Lock()

    def register(self, request: resource_pb2.RegisterResourceHookRequest) -> bool:
        """Takes a hook; False when there is one of its name."""
        hook = _Hook(request.callback, request.on_dry_run, request.ignore_errors)
        return self._hooks.setdefault(request.name, hook) is hook

    def knows(self, name: str) -> bool:
        return name in self._hooks

    def add_stack_transform(self, callback: callback_pb2.Callback) -> None:
        self._stack_transforms.append(callback)

    def add_invoke_transform(self, callback: callback_pb2.Callback) -> None:
        self._invoke_transforms.append(callback)

    def placed(self, urn: str, parent: str, transforms: list[callback_pb2.Callback]) -> None:
        """Remembers the transforms of a resource, for its children."""
        self._transforms[urn] = transforms
        self._parents[urn] = parent

    def transformed(
        self, request: resource_pb2.RegisterResourceRequest, parent: str
    ) -> resource_pb2.RegisterResourceRequest:
        """`request` after its own transforms, its parents' (nearest first) and the stack's.

        A transform's values come without the resources that they were made from. As the CLI does, what a resource's
        own transforms return therefore depends on what they name alone; otherwise the program's word stands, and what
        the others name is dropped.
        """
        own, declared = list(request.transforms), list(request.dependencies)
        chain = [*own]
        above = parent
        while above:
            chain.extend(self._transforms.get(above, ()))
            above = self._parents.get(above, "")
        for callback in [*chain, *self._stack_transforms]:
            request = self._transform(callback, request)
        if own:
            request.propertyDependencies.clear()
        else:
            request.dependencies[:] = declared
        for key in request.object:
            request.propertyDependencies.get_or_create(key)
        return request

    def _transform(
        self, callback: callback_pb2.Callback, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceRequest:
        asked = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=request.object,
            options=_options(request),
        )
        answer = resource_pb2.TransformResponse.FromString(self._call(callback, asked.SerializeToString()))
        result = resource_pb2.RegisterResourceRequest()
        result.CopyFrom(request)
        result.object.CopyFrom(answer.properties)
        _apply(result, answer.options)
        return result

    def invoke_transformed(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeRequest:
        """The call of a function after the program's transforms of such calls."""
        for callback in self._invoke_transforms:
            options = resource_pb2.TransformInvokeOptions(
                provider=request.provider, version=request.version, plugin_download_url=request.pluginDownloadURL
            )
            asked = resource_pb2.TransformInvokeRequest(token=request.tok, args=request.args, options=options)
            answer = resource_pb2.TransformInvokeResponse.FromString(self._call(callback, asked.SerializeToString()))
            request = resource_pb2.ResourceInvokeRequest(
                tok=request.tok,
                args=answer.args,
                provider=answer.options.provider,
                version=answer.options.version,
                pluginDownloadURL=answer.options.plugin_download_url,
                packageRef=request.packageRef,
            )
        return request

    def run(self, kind: str, state: ResourceState, old: ResourceState | None = None) -> None:
        """Runs the hooks of `kind` (before_create, ...) on `state`; a ProviderError when one fails."""
        names = state.hooks.get(hook_type(kind), ())
        for name in names:
            hook = self._hooks.get(name)
            if hook is None:
                raise ProviderError(f'hook "{name}" was not registered by the program')
            if self._preview and not hook.on_dry_run:
                continue
            answer = resource_pb2.ResourceHookResponse.FromString(
                self._call(hook.callback, _asked(kind, state, old).SerializeToString())
            )
            if answer.error and not hook.ignore_errors:
                raise ProviderError(f'{kind.partition("_")[0]} hook "{name}" failed: {answer.error}')

    def _call(self, callback: callback_pb2.Callback, request: bytes) -> bytes:
        with self._lock:
            if callback.target not in self._stubs:
                channel = grpc.insecure_channel(callback.target, options=_OPTIONS)
                self._stubs[callback.target] = callback_pb2_grpc.CallbacksStub(channel)
            stub = self._stubs[callback.target]
        try:
            answer = stub.Invoke(callback_pb2.CallbackInvokeRequest(token=callback.token, request=request))
        except grpc.RpcError as error:
            raise ProviderError(f"a callback of the program failed: {error.details()}") from error
        return bytes(answer.response)


def _asked(kind: str, state: ResourceState, old: ResourceState | None) -> resource_pb2.ResourceHookRequest:
    request = resource_pb2.ResourceHookRequest(
        urn=state.urn, id=state.id, name=urns.name_of(state.urn), type=state.type
    )
    if kind.endswith("delete"):
        request.old_inputs.CopyFrom(to_wire(state.inputs))
        request.old_outputs.CopyFrom(to_wire(state.outputs))
        return request
    request.new_inputs.CopyFrom(to_wire(state.inputs))
    if kind.startswith("after"):
        request.new_outputs.CopyFrom(to_wire(state.outputs))
    if old:
        request.old_inputs.CopyFrom(to_wire(old.inputs))
        request.old_outputs.CopyFrom(to_wire(old.outputs))
    return request


_LISTS = {  # field of the transform's options -> field of the registration
    "depends_on": "dependencies",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "additional_secret_outputs": "additionalSecretOutputs",
    "aliases": "aliases",
    "replace_with": "replace_with",
}
_SCALARS = {
    "protect": "protect",
    "version": "version",
    "provider": "provider",
    "plugin_download_url": "pluginDownloadURL",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "import": "importId",
}


def _options(request: resource_pb2.RegisterResourceRequest) -> resource_pb2.TransformResourceOptions:
    options = resource_pb2.TransformResourceOptions()
    for theirs, ours in _LISTS.items():
        getattr(options, theirs).extend(getattr(request, ours))
    for theirs, ours in _SCALARS.items():
        if value := getattr(request, ours):
            setattr(options, theirs, value)
    if request.deleteBeforeReplaceDefined:
        options.delete_before_replace = request.deleteBeforeReplace
    options.hooks.CopyFrom(request.hooks)
    options.custom_timeouts.CopyFrom(request.customTimeouts)
    for package, provider in request.providers.items():
        options.providers[package] = provider
    return options


def _apply(request: resource_pb2.RegisterResourceRequest, options: resource_pb2.TransformResourceOptions) -> None:
    for theirs, ours in _LISTS.items():
        request.ClearField(ours)  # type: ignore[arg-type]
        getattr(request, ours).extend(getattr(options, theirs))
    for theirs, ours in _SCALARS.items():
        setattr(request, ours, getattr(options, theirs))
    request.deleteBeforeReplaceDefined = options.HasField("delete_before_replace")
    request.deleteBeforeReplace = options.delete_before_replace
    request.hooks.CopyFrom(options.hooks)
    request.customTimeouts.CopyFrom(options.custom_timeouts)
