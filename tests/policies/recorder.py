"""Runs a real Pulumi program against a monitor that records what it asks for, as a first preview would see it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime import rpc_manager, settings
from pulumi.runtime.proto import analyzer_pb2, resource_pb2
from pulumi.runtime.stack import run_in_stack

from engine.unburdened import unburden
from policies.rules.kit.resource import Resource
from policies.rules.pack import wire

unburden()  # thousands of examples are recorded at once, and the SDK's wait is quadratic in them
FEATURES = (resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS, resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES)


class Monitor:
    """Answers every registration with a URN and nothing else, so that all outputs are unknown; keeps the requests."""

    def __init__(self, project: str, stack: str) -> None:
        self._project, self._stack = project, stack
        self.entries: list[analyzer_pb2.AnalyzerResource] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 -- the protocol's name
        urn = f"urn:pulumi:{self._stack}::{self._project}::{request.type}::{request.name}"
        entry = analyzer_pb2.AnalyzerResource(
            type=request.type, name=request.name, urn=urn, parent=request.parent, properties=request.object
        )
        entry.options.protect = request.protect
        entry.options.deleteBeforeReplace = request.deleteBeforeReplace
        for name, dependencies in request.propertyDependencies.items():
            entry.propertyDependencies[name].urns.extend(dependencies.urns)
        self.entries.append(entry)
        return resource_pb2.RegisterResourceResponse(urn=urn)

    def RegisterResourceOutputs(self, _request: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def GetDeploymentInfo(self, _request: Any) -> Any:  # noqa: N802
        return resource_pb2.DeploymentInfo(supportedFeatures=FEATURES)

    def SignalAndWaitForShutdown(self, _request: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()


@contextmanager
def _running(monitor: Monitor, project: str, stack: str) -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    asyncio.set_event_loop(loop)
    settings.reset_options(project=project, stack=stack)
    settings.configure(settings.Settings(project=project, stack=stack, monitor=monitor, engine=None, dry_run=True))
    settings.SETTINGS.rpc_manager = rpc_manager.RPCManager()  # type: ignore[no-untyped-call]
    try:
        yield loop
    finally:
        settings.reset_options()
        loop.close()
        asyncio.set_event_loop(None)


def requests(
    program: Callable[[], object], stack: str = "dev", project: str = "example"
) -> list[analyzer_pb2.AnalyzerResource]:
    """What `program` asks for, as it goes over the analyzer protocol, in the order of registration."""

    def run() -> None:
        program()

    monitor = Monitor(project, stack)
    with _running(monitor, project, stack) as loop:
        loop.run_until_complete(run_in_stack(run))
    return monitor.entries


def record(program: Callable[[], object], stack: str = "dev", project: str = "example") -> list[Resource]:
    """The resources that `program` asks for."""
    return [wire.resource(entry) for entry in requests(program, stack, project)]
