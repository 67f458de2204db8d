"""The policy pack as Pulumi sees it: an analyzer that answers over gRPC.

Pulumi's own server takes the resource apart again for every policy: with this many that is most of a preview's time.
Here a resource is read once, and only the rules of its type see it; secret marks, which that server drops, arrive too.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent import futures
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as protocol
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from ..kit.resource import Resource
from ..kit.rule import PROFILES, Rule, Severity
from ..kit.stack import Stack
from . import wire
from .identity import NAME, VERSION
from .judge import Finding, Judge
from .waiver import Waiver

WAIVERS: Final = "waivers"
LARGEST: Final = 400 * 1024 * 1024
MANDATORY, ADVISORY = protocol.MANDATORY, protocol.ADVISORY


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers for a set of rules. Resources seen by Analyze are remembered for AnalyzeStack, which brings outputs."""

    def __init__(self, rules: Sequence[Rule], waivers: Sequence[Waiver]) -> None:
        self._rules = rules
        self._judge = Judge(rules, waivers)
        self._levels: dict[str, int] = {}
        self._stack = os.environ.get("PULUMI_STACK", "")
        self._seen: dict[str, Resource] = {}
        self._excuse()

    def GetAnalyzerInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802 -- the protocol's name
        info = protocol.AnalyzerInfo(name=NAME, version=VERSION, displayName="Rempart", supportsConfig=True)
        info.description = "Nothing unsafe reaches Docker, and everybody sees why."
        info.policies.extend(_described(rule) for rule in self._rules)
        info.policies.append(_waivers_described())
        return info

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version=VERSION)

    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return protocol.AnalyzerHandshakeResponse()

    def ConfigureStack(self, request: Any, _context: Any) -> Any:  # noqa: N802
        self._stack = request.stack or self._stack
        self._excuse()
        return protocol.AnalyzerStackConfigureResponse()

    def Configure(self, request: Any, _context: Any) -> Any:  # noqa: N802
        given = {name: wire.mapping(config.properties) for name, config in request.policyConfig.items()}
        self._levels = {name: config.enforcementLevel for name, config in request.policyConfig.items()}
        self._judge = dataclasses.replace(
            self._judge, settings=given, profile=PROFILES.get(given.get(WAIVERS, {}).get("profile", ""))
        )
        self._excuse()
        return empty_pb2.Empty()

    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def Remediate(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return protocol.RemediateResponse()

    def Analyze(self, request: Any, _context: Any) -> Any:  # noqa: N802
        response = protocol.AnalyzeResponse(not_applicable=self._excused)
        if self._judge.concerns(request.type):
            resource = wire.resource(request)
            self._seen[resource.urn] = resource
            response.diagnostics.extend(self._reported(self._judge.resource(resource)))
        return response

    def AnalyzeStack(self, request: Any, _context: Any) -> Any:  # noqa: N802
        response = protocol.AnalyzeResponse(not_applicable=self._excused)
        resources = [self._asked_for(wire.resource(entry)) for entry in request.resources]
        if resources:
            response.diagnostics.extend(self._reported(self._judge.stack(Stack(resources))))
            stack = self._stack or resources[0].stack
            response.diagnostics.extend(_unused(waiver) for waiver in self._judge.unused(stack))
        return response

    def _excuse(self) -> None:
        """The profile of this stack leaves some rules out: each says so of itself."""
        left_out = (rule for rule in self._rules if not self._judge.in_force(rule, self._stack))
        self._excused = [protocol.PolicyNotApplicable(policy_name=rule.id, reason=_profile(rule)) for rule in left_out]

    def _asked_for(self, resource: Resource) -> Resource:
        """A resource with the inputs that it was asked for, where they are known: outputs may be unknown."""
        asked = self._seen.get(resource.urn, resource)
        return dataclasses.replace(asked, dependencies=resource.dependencies, made=resource.props)

    def _reported(self, findings: Any) -> Any:
        for finding in findings:
            level = self._levels.get(finding.rule.id, ADVISORY if finding.rule.advisory else MANDATORY)
            if level != protocol.DISABLED:
                yield _diagnostic(finding, level if finding.stops else ADVISORY)


def _diagnostic(finding: Finding, level: int) -> Any:
    return protocol.AnalyzeDiagnostic(
        policyName=finding.rule.id,
        policyPackName=NAME,
        policyPackVersion=VERSION,
        description=finding.rule.title,
        message=finding.message,
        urn=finding.urn,
        enforcementLevel=MANDATORY if level == protocol.REMEDIATE else level,  # type: ignore[arg-type]
        severity=_severity(finding.rule.severity),
    )


def _unused(waiver: Waiver) -> Any:
    return protocol.AnalyzeDiagnostic(
        policyName=WAIVERS,
        policyPackName=NAME,
        policyPackVersion=VERSION,
        description="Every waiver is needed",
        message=f"Every waiver is needed\n{waiver.unused}",
        enforcementLevel=ADVISORY,
        severity=protocol.POLICY_SEVERITY_LOW,
    )


def _severity(severity: Severity) -> Any:
    return getattr(protocol, f"POLICY_SEVERITY_{severity.name}")


def _described(rule: Rule) -> Any:
    info = protocol.PolicyInfo(
        name=rule.id,
        displayName=rule.title,
        description=rule.title,
        message=rule.rationale,
        enforcementLevel=ADVISORY if rule.advisory else MANDATORY,
        severity=_severity(rule.severity),
        policy_type=protocol.POLICY_TYPE_RESOURCE if rule.types else protocol.POLICY_TYPE_STACK,
        tags=[f"family:{rule.family}", _profile(rule)],
        remediation_steps=rule.remedy,
    )
    info.framework.reference = "; ".join(rule.references)
    _schema(info, rule.settings)
    return info


def _profile(rule: Rule) -> str:
    return f"profile:{rule.profile.name.lower().replace('_', '-')}"


def _waivers_described() -> Any:
    info = protocol.PolicyInfo(
        name=WAIVERS,
        displayName="Every waiver is needed",
        description="Every waiver is needed",
        enforcementLevel=ADVISORY,
        policy_type=protocol.POLICY_TYPE_STACK,
    )
    choice = {
        "type": "string",
        "enum": ["automatic", *PROFILES],
        "default": "automatic",
        "description": "Which rules a stack is held to; automatic is production for stage and prod, else baseline.",
    }
    _schema(info, {"profile": choice})
    return info


def _schema(info: Any, settings: Mapping[str, Mapping[str, Any]]) -> None:
    for name, schema in settings.items():
        info.configSchema.properties[name] = dict(schema)


def serve(rules: Sequence[Rule], waivers: Sequence[Waiver]) -> None:
    """Answer until the process is ended; the port is the first line of the output."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=1), options=[("grpc.max_receive_message_length", LARGEST)]
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(rules, waivers), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
