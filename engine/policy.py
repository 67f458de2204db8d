"""Policy packs over the analyzer protocol: one process per pack and phase, asked about each resource and the stack."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from engine import policy_config, policy_settings
from engine import urn as urns
from engine.errors import EngineError
from engine.events import PolicyFinding, PolicyPack, Rule
from engine.state import ResourceState
from engine.values import from_wire, to_wire

LEVELS = {
    0: "advisory",
    1: "mandatory",
    2: "disabled",
    3: "mandatory",
}  # a remediation that did not help is a violation
_UNDECIDED = re.compile(r"can't run policy '.*' from policy pack")
_START_SECONDS = 60
_SERVE = """
import gc, os, runpy, threading
gc.set_threshold(50_000, 20, 100)  # what a pack imports and is sent lives until its end
ends_with_the_phase = lambda: os._exit(len(os.read(0, 1)))  # of which nothing comes but the end, even by a kill
threading.Thread(target=ends_with_the_phase, daemon=True).start()
runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)
"""
_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024), ("grpc.max_send_message_length", 400 * 1024 * 1024)]


@dataclass
class Pack:
    name: str
    version: str
    stub: Any
    remediates: bool
    checks_stack: bool
    mandatory: frozenset[str]
    rules: tuple[Rule, ...] = ()
    excused: set[str] = field(default_factory=set)  # policies that said of themselves that this stack is not theirs


class Policies:
    """The running packs. `analyze` and `analyze_stack` return what they found; they decide nothing."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self._packs = packs

    def described(self) -> list[PolicyPack]:
        """The packs with the rules that they held the stack to; to be asked at the end of a phase."""
        return [
            PolicyPack(pack.name, pack.version, tuple(rule for rule in pack.rules if rule.id not in pack.excused))
            for pack in self._packs
        ]

    def remediate(
        self, resource: ResourceState, options: Mapping[str, Any], provider: ResourceState | None
    ) -> tuple[dict[str, Any], list[PolicyFinding]]:
        """The inputs after every pack's remediations, and what to report about them."""
        inputs, findings = resource.inputs, []
        for pack in self._packs:
            if not pack.remediates:
                continue
            request = _request(resource, inputs, options, provider)
            for remedy in _answer(pack, pack.stub.Remediate, request).remediations:
                if remedy.diagnostic:
                    findings.append(_finding(pack, remedy.policyName, "advisory", resource.urn, remedy.diagnostic))
                elif remedy.HasField("properties"):
                    inputs = from_wire(remedy.properties)
                    findings.append(_finding(pack, remedy.policyName, "remediate", resource.urn, remedy.description))
        return inputs, findings

    def analyze(
        self, resource: ResourceState, options: Mapping[str, Any], provider: ResourceState | None
    ) -> list[PolicyFinding]:
        if not self._packs:
            return []
        request = _request(resource, resource.inputs, options, provider)
        return [
            found
            for pack in self._packs
            for found in _findings(pack, _answer(pack, pack.stub.Analyze, request), resource.urn)
        ]

    def analyze_stack(self, resources: Sequence[ResourceState]) -> list[PolicyFinding]:
        """What the stack rules find in all resources, by their outputs."""
        packs = [pack for pack in self._packs if pack.checks_stack]
        if not packs:
            return []
        known = {resource.urn: resource for resource in resources}
        request = analyzer_pb2.AnalyzeStackRequest(resources=[_stack_resource(each, known) for each in resources])
        root = next((each.urn for each in resources if each.type == urns.STACK_TYPE), "")
        findings: list[PolicyFinding] = []
        for pack in packs:
            answer = _answer(pack, pack.stub.AnalyzeStack, request)
            pack.excused.update(excused.policy_name for excused in answer.not_applicable)
            findings += _findings(pack, answer, root)
        return findings


@contextlib.contextmanager
def running(
    paths: Sequence[Path],
    configs: Sequence[policy_config.Given],
    environment: Mapping[str, str],
    configure: analyzer_pb2.AnalyzerStackConfigureRequest,
) -> Iterator[Callable[[], Policies]]:
    """Starts the packs at once and yields a function that waits until they are ready; ends them afterwards."""
    if configs and len(configs) != len(paths):
        raise EngineError(f"{len(configs)} policy configurations for {len(paths)} policy packs: name one for each pack")
    for path in paths:
        if not (path / "PulumiPolicy.yaml").is_file():
            raise EngineError(f"no policy pack in {path}: PulumiPolicy.yaml is missing")
    processes = [_start(path, environment) for path in paths]
    with ThreadPoolExecutor(thread_name_prefix="pack") as threads:
        given = configs or [{}] * len(paths)
        packs = [
            threads.submit(_connect, path, process, configure, config)
            for path, process, config in zip(paths, processes, given, strict=True)
        ]
        try:
            yield lambda: Policies([pack.result() for pack in packs])
        finally:
            wait(packs)
            _end(processes)


def _end(processes: "Sequence[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait()
        for pipe in filter(None, (process.stdin, process.stdout)):
            pipe.close()


def _start(path: Path, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-u", "-c", _SERVE, "127.0.0.1:0", str(path)],
        cwd=path,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _connect(
    path: Path,
    process: "subprocess.Popen[bytes]",
    configure: analyzer_pb2.AnalyzerStackConfigureRequest,
    given: policy_config.Given,
) -> Pack:
    assert process.stdout
    watchdog = threading.Timer(_START_SECONDS, process.kill)
    watchdog.start()
    line = process.stdout.readline()
    watchdog.cancel()
    if not line.strip().isdigit():
        raise EngineError(
            f"the policy pack {path} does not start: {line.decode(errors='replace').strip() or 'no output'}"
        )
    threading.Thread(target=process.stdout.read, daemon=True).start()
    channel = grpc.insecure_channel(f"127.0.0.1:{int(line)}", options=_OPTIONS)
    stub = analyzer_pb2_grpc.AnalyzerStub(channel)
    info = stub.GetAnalyzerInfo(empty_pb2.Empty(), wait_for_ready=True, timeout=_START_SECONDS)
    declared = yaml.safe_load((path / "PulumiPolicy.yaml").read_text()) or {}
    stub.ConfigureStack(configure)
    config = policy_settings.reconciled(info, given)
    stub.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=config))
    kinds = {policy.policy_type for policy in info.policies}
    levels = {each.enforcementLevel for each in config.values()}
    return Pack(
        name=info.name,
        version=str(declared.get("version") or info.version),
        stub=stub,
        remediates=analyzer_pb2.REMEDIATE in levels,
        checks_stack=bool(kinds - {analyzer_pb2.POLICY_TYPE_RESOURCE}),
        mandatory=frozenset(name for name, each in config.items() if LEVELS[each.enforcementLevel] == "mandatory"),
        rules=tuple(
            _rule(policy) for policy in info.policies if LEVELS[config[policy.name].enforcementLevel] != "disabled"
        ),
    )


def _rule(policy: Any) -> Rule:
    severity = analyzer_pb2.PolicySeverity.Name(policy.severity).removeprefix("POLICY_SEVERITY_").lower()
    return Rule(
        id=policy.name,
        title=policy.displayName or policy.description,
        rationale=policy.message,
        remedy=policy.remediation_steps,
        severity="" if severity == "unspecified" else severity,
        tags=tuple(policy.tags),
        references=tuple(filter(None, policy.framework.reference.split("; "))),
    )


def environment_of(
    project: str, stack: str, organization: str, preview: bool, config: Mapping[str, str]
) -> dict[str, str]:
    """What a pack reads from its environment."""
    return {
        "PULUMI_PROJECT": project,
        "PULUMI_STACK": stack,
        "PULUMI_ORGANIZATION": organization,
        "PULUMI_DRY_RUN": str(preview).lower(),
        "PULUMI_CONFIG": json.dumps(dict(config)),
        "PYTHONUNBUFFERED": "1",
    }


def _answer(pack: Pack, call: Callable[[Any], Any], request: Any) -> Any:
    try:
        return call(request)
    except grpc.RpcError as error:
        raise EngineError(f"the policy pack {pack.name} failed: {error.details()}") from error


def _request(
    resource: ResourceState, inputs: dict[str, Any], options: Mapping[str, Any], provider: ResourceState | None
) -> analyzer_pb2.AnalyzeRequest:
    return analyzer_pb2.AnalyzeRequest(
        type=resource.type,
        urn=resource.urn,
        name=urns.name_of(resource.urn),
        properties=to_wire(public(inputs)),
        options=analyzer_pb2.AnalyzerResourceOptions(**options),
        provider=_provider(provider),
    )


def _provider(provider: ResourceState | None) -> analyzer_pb2.AnalyzerProviderResource | None:
    if provider is None:
        return None
    return analyzer_pb2.AnalyzerProviderResource(
        type=provider.type,
        urn=provider.urn,
        name=urns.name_of(provider.urn),
        properties=to_wire(public(provider.inputs)),
    )


def _stack_resource(resource: ResourceState, known: Mapping[str, ResourceState]) -> analyzer_pb2.AnalyzerResource:
    deps = {
        key: analyzer_pb2.AnalyzerPropertyDependencies(urns=found)
        for key, found in resource.property_dependencies.items()
    }
    provider = known.get(urns.referred(resource.provider)) if resource.provider else None
    return analyzer_pb2.AnalyzerResource(
        type=resource.type,
        urn=resource.urn,
        name=urns.name_of(resource.urn),
        properties=to_wire(public(resource.outputs)),
        options=analyzer_pb2.AnalyzerResourceOptions(protect=resource.protect, parent=resource.parent),
        provider=_provider(provider),
        parent=resource.parent,
        dependencies=resource.dependencies,
        propertyDependencies=deps,
    )


def public(value: Any) -> Any:
    """`value` without the engine's own keys (`__defaults`, `__meta`, ...)."""
    if isinstance(value, dict):
        return {key: public(item) for key, item in value.items() if not key.startswith("__")}
    return [public(item) for item in value] if isinstance(value, list) else value


def _findings(pack: Pack, answer: analyzer_pb2.AnalyzeResponse, urn: str) -> Iterator[PolicyFinding]:
    for found in answer.diagnostics:
        level = LEVELS[found.enforcementLevel]
        undecided = found.policyName in pack.mandatory and _UNDECIDED.match(found.message)
        severity = "undecided" if undecided else level
        if level != "disabled":
            yield _finding(pack, found.policyName, severity, found.urn or urn, found.message)


def _finding(pack: Pack, policy: str, severity: str, urn: str, message: str) -> PolicyFinding:
    message = message.replace(f"'{pack.name}@v0.0.1'", f"'{pack.name}@v{pack.version}'")
    return PolicyFinding(f"{pack.name}@v{pack.version}", policy, severity, urn, message)
