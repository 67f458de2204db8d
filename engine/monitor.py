"""The resource monitor that the Pulumi SDK talks to, in this process; and the engine service that takes its logs."""

from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, resource_pb2

from engine import deletion, goal, registration, steps
from engine.deployment import Deployment, Stop, where
from engine.errors import EngineError, UnsupportedError
from engine.events import BLOCKING, Diagnostic, OutputsChanged
from engine.provider import InvalidArgument, ProviderError
from engine.state import ResourceState
from engine.urn import STACK_TYPE
from engine.values import from_wire, has_secret, reveal, sealed, shown, to_wire

_FEATURES = [
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    # Announced so that the program reaches this engine's own refusal, which names the resource and the way out.
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
]
_GET_RESOURCE = "pulumi:pulumi:getResource"
_SEVERITIES = {0: "debug", 1: "info", 2: "warning", 3: "error"}


class _Refusal(grpc.RpcError):  # type: ignore[misc]
    """An answer that the program may catch; what it does not catch ends it."""

    def __init__(self, details: str, code: grpc.StatusCode = grpc.StatusCode.UNKNOWN) -> None:
        super().__init__(details)
        self._details, self._code = details, code

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details


class Monitor:
    """Answers the SDK's calls; the SDK calls each from a thread of its own pool."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self.finished = False

    def GetDeploymentInfo(self, _request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:  # noqa: N802
        return resource_pb2.DeploymentInfo(supportedFeatures=_FEATURES)

    def RegisterResource(  # noqa: N802
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        state = self._guarded(f"{request.type} {request.name!r}", lambda: self._register(request))
        return resource_pb2.RegisterResourceResponse(
            urn=state.urn, id=state.id, object=to_wire(state.outputs if state.custom else {})
        )

    def _register(self, request: resource_pb2.RegisterResourceRequest) -> ResourceState:
        parent = request.parent
        if above := self._deployment.news.get(parent):
            goal.inherit(request, above)
        request = self._deployment.hooks.transformed(request, parent)
        wanted = goal.of(request, parent)
        urn = self._deployment.urn(parent, request.type, request.name)
        self._deployment.hooks.placed(urn, parent, list(request.transforms))
        return registration.register(self._deployment, wanted)

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:  # noqa: N802
        state = self._guarded(f"{request.type} {request.name!r}", lambda: self._read(request))
        return resource_pb2.ReadResourceResponse(urn=state.urn, id=state.id, properties=to_wire(state.outputs))

    def _read(self, request: resource_pb2.ReadResourceRequest) -> ResourceState:
        if request.packageRef or request.pluginDownloadURL:
            raise UnsupportedError(f"{request.type} {request.name!r}: a package from elsewhere")
        wanted = goal.of(
            resource_pb2.RegisterResourceRequest(
                type=request.type,
                name=request.name,
                custom=True,
                parent=request.parent,
                object=request.properties,
                dependencies=request.dependencies,
                provider=request.provider,
                version=request.version,
                additionalSecretOutputs=request.additionalSecretOutputs,
            ),
            request.parent,
        )
        return registration.read(self._deployment, wanted, request.id)

    def RegisterResourceOutputs(  # noqa: N802
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        """Taken even when the deployment stops: the program has come that far."""
        state = self._deployment.news[request.urn]
        before, state.outputs = state.outputs, from_wire(request.outputs)
        if state.outputs != before:
            self._deployment.journal.rewritten(state)
        if state.type == STACK_TYPE:
            self._deployment.emit(OutputsChanged(shown(before), shown(state.outputs)))
        if change := self._deployment.unfinished.pop(request.urn, None):
            try:
                steps.run_after(self._deployment, change)
            except ProviderError as error:
                raise self._deployment.fail(str(error), request.urn) from error
        return empty_pb2.Empty()

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> Any:  # noqa: N802
        return self._guarded(f"the function {request.tok}", lambda: self._invoke(request))

    def _invoke(self, request: resource_pb2.ResourceInvokeRequest) -> Any:
        request = self._deployment.hooks.invoke_transformed(request)
        if request.packageRef or request.pluginDownloadURL:
            raise UnsupportedError(f"the function {request.tok} of a package from elsewhere")
        args = from_wire(request.args)
        package = request.tok.split(":", 1)[0]
        if not request.provider:
            registration.default_provider(self._deployment, package, request.version)
        response = resource_pb2.ResourceInvokeResponse()
        try:
            if request.tok == _GET_RESOURCE:
                result = self._resource(reveal(args)["urn"])
            else:
                result = self._deployment.packages.functions(request.tok).invoke(request.tok, reveal(args))
        except InvalidArgument as error:
            response.failures.add(property=error.property, reason=str(error))
            return response
        except ProviderError as error:
            raise _Refusal(f"invocation of {request.tok} returned an error: {error}") from error
        if has_secret(args) and request.tok != _GET_RESOURCE:
            result = {key: sealed(value) for key, value in result.items()}
        getattr(response, "return").CopyFrom(to_wire(result))
        return response

    def _resource(self, urn: str) -> dict[str, Any]:
        """What a reference to a resource stands for: the program asks when one comes back to it as a value."""
        found = self._deployment.news.get(urn)
        if found is None:
            raise ProviderError(f"unknown resource {urn}")
        return {"urn": urn, "id": found.id, "provider": found.provider, "state": found.outputs}

    def RegisterResourceHook(self, request: resource_pb2.RegisterResourceHookRequest) -> empty_pb2.Empty:  # noqa: N802
        if not self._deployment.hooks.register(request):
            raise _Refusal(f'resource hook already registered for name "{request.name}"')
        return empty_pb2.Empty()

    def RegisterStackTransform(self, request: Any) -> empty_pb2.Empty:  # noqa: N802
        self._deployment.hooks.add_stack_transform(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, request: Any) -> empty_pb2.Empty:  # noqa: N802
        self._deployment.hooks.add_invoke_transform(request)
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, _request: empty_pb2.Empty) -> empty_pb2.Empty:  # noqa: N802
        """The program has succeeded: deletes what it no longer declares, and asks the stack rules."""
        self._guarded("the end of the program", self._finish)
        return empty_pb2.Empty()

    def _finish(self) -> None:
        deployment = self._deployment
        deletion.delete_all(deployment, deletion.unwanted(deployment))
        findings = deployment.policies.analyze_stack(list(deployment.news.values()))
        for finding in findings:
            deployment.emit(finding)
        if not deployment.preview and any(finding.severity in BLOCKING for finding in findings):
            raise deployment.fail("the stack violates a policy")
        self.finished = True

    def _guarded(self, what: str, act: Callable[[], Any]) -> Any:
        """`act`, with every error reported once and turned into the end of the deployment."""
        if self._deployment.stopping.is_set():
            raise Stop
        try:
            return act()
        except (Stop, _Refusal):
            raise
        except (EngineError, ProviderError) as error:
            raise self._deployment.fail(str(error)) from error
        except Exception as error:
            raise self._deployment.fail(f"the engine failed on {what}: {where(error)}") from error

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        """Every other call of the protocol is refused by its name."""
        if name.startswith("_"):
            raise AttributeError(name)

        def refuse(_request: Any) -> Any:
            return self._guarded(name, lambda: _refuse(name))

        return refuse


def _refuse(name: str) -> None:
    raise UnsupportedError(f"the monitor's {name}")


class Log:
    """The engine service: what the program logs becomes a diagnostic; not even an error that it logs is its failure."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def Log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:  # noqa: N802
        severity = _SEVERITIES[request.severity]
        if severity != "debug":
            self._deployment.emit(Diagnostic(severity, request.urn, request.message))
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, _request: Any) -> Any:  # noqa: N802
        raise _Refusal("the embedded engine has no CLI version", grpc.StatusCode.UNIMPLEMENTED)
