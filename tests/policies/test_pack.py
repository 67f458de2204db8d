"""The pack as Pulumi starts it: its own process, asked over gRPC."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pytest
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from jsonschema import Draft7Validator
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from policies.rules import RULES
from tests.policies import build
from tests.policies.recorder import requests

PACK = Path(__file__).parents[2] / "policies"
ADVISORY, MANDATORY, DISABLED = analyzer_pb2.ADVISORY, analyzer_pb2.MANDATORY, analyzer_pb2.DISABLED


@contextmanager
def started(pack: Path = PACK, stack: str = "dev") -> Iterator[Any]:
    """A stub of a pack that runs as the CLI runs it."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(pack)],
        cwd=pack,
        env={**os.environ, "PULUMI_PROJECT": "example", "PULUMI_STACK": stack, "PULUMI_DRY_RUN": "true"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def pack() -> Iterator[Any]:
    with started() as stub:
        yield stub


def asked(stub: Any, entries: list[analyzer_pb2.AnalyzerResource]) -> list[Any]:
    """What the pack says about each resource."""
    return [
        diagnostic
        for entry in entries
        for diagnostic in stub.Analyze(
            analyzer_pb2.AnalyzeRequest(
                type=entry.type, name=entry.name, urn=entry.urn, properties=entry.properties, options=entry.options
            )
        ).diagnostics
    ]


def test_it_describes_every_rule(pack: Any) -> None:
    info = pack.GetAnalyzerInfo(empty_pb2.Empty())
    described = {policy.name: policy for policy in info.policies}
    assert set(described) == {rule.id for rule in RULES} | {"waivers"}
    assert described["networks-are-internal"].enforcementLevel == MANDATORY
    assert described["networks-are-internal"].policy_type == analyzer_pb2.POLICY_TYPE_RESOURCE
    assert described["zones-allow-every-link"].policy_type == analyzer_pb2.POLICY_TYPE_STACK
    assert "data" in described["zones-allow-every-link"].configSchema.properties["zones"]["default"]["applications"]


def test_a_good_resource_passes_although_it_was_made_from_unknowns(pack: Any) -> None:
    def program() -> None:
        held = build.secret(build.password().result)
        build.service({"secrets": [build.mounted(held)]}, task=build.on(build.network()))

    entries = requests(program)
    assert "04da6b54-80e4-46f7-96ec-b56ff0331ba9" in str(entries)
    assert asked(pack, entries) == []


def test_a_violation_names_the_rule_the_place_and_the_way_out(pack: Any) -> None:
    [found] = asked(pack, requests(lambda: build.network(internal=False)))
    assert (found.policyName, found.enforcementLevel) == ("networks-are-internal", MANDATORY)
    assert found.urn.endswith("network")
    assert found.message.splitlines()[1:] == [
        "internal is not set",
        "Set internal=True; the network of an edge or an egress carries the label rempart.way-out instead.",
    ]


def test_what_cannot_be_decided_is_a_violation_that_says_which_literal_it_needs(pack: Any) -> None:
    def program() -> None:
        build.service({"user": build.password().result})

    undecided = [d for d in asked(pack, requests(program)) if d.policyName == "users-are-not-root"]
    assert [d.enforcementLevel for d in undecided] == [MANDATORY]
    assert "cannot be decided at preview: needs a literal taskSpec.containerSpec.user" in undecided[0].message


def test_it_sees_what_pulumi_holds_to_be_secret(pack: Any) -> None:
    def program() -> None:
        build.service({"env": {"GREETING": pulumi.Output.secret("hello there")}})

    [found] = asked(pack, requests(program))
    assert found.policyName == "sealed-values-stay-in-secrets"
    assert "taskSpec.containerSpec.env.GREETING" in found.message
    assert "hello" not in found.message


def test_stack_rules_judge_by_what_was_asked_for(pack: Any) -> None:
    def program() -> None:
        shared = build.network()
        for name in ("one", "two", "three"):
            build.service(called=name, task=build.on(shared))

    entries = requests(program)
    asked(pack, entries)
    for entry in entries:
        entry.properties.Clear()  # outputs, of which a first preview knows nothing
    found = pack.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=entries)).diagnostics
    assert "networks-join-two-services" in {diagnostic.policyName for diagnostic in found}


def test_a_rule_is_tuned_and_switched_off_through_pulumis_own_configuration() -> None:
    entries = requests(lambda: [build.password(length=28), build.network(internal=False)])
    with started() as stub:
        longer = analyzer_pb2.PolicyConfig(enforcementLevel=ADVISORY)
        longer.properties["length"] = 40
        off = analyzer_pb2.PolicyConfig(enforcementLevel=DISABLED)
        configured = {"passwords-are-long": longer, "networks-are-internal": off}
        stub.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=configured))
        found = asked(stub, entries)
    assert [(d.policyName, d.enforcementLevel) for d in found] == [("passwords-are-long", ADVISORY)]


def test_production_rules_hold_production_stacks_only(pack: Any) -> None:
    assert asked(pack, requests(build.volume)) == []
    found = asked(pack, requests(lambda: build.volume() and None, stack="prod"))
    assert [diagnostic.policyName for diagnostic in found] == ["data-volumes-are-protected"]


def test_the_settings_of_every_rule_have_a_schema_that_their_defaults_keep(pack: Any) -> None:
    described = {policy.name: policy for policy in pack.GetAnalyzerInfo(empty_pb2.Empty()).policies}
    tunable = [rule for rule in RULES if rule.settings]
    assert tunable
    for rule in tunable:
        schema = MessageToDict(described[rule.id].configSchema.properties)
        Draft7Validator.check_schema({"type": "object", "properties": schema})
        assert schema.keys() == rule.settings.keys()
        for name, default in rule.defaults.items():
            Draft7Validator(schema[name]).validate(default)


@pytest.mark.parametrize(("chosen", "expected"), [("baseline", 1), ("production", 2), ("cis-strict", 3)])
def test_a_profile_is_chosen_and_the_rules_that_it_leaves_out_say_so(chosen: str, expected: int) -> None:
    profile = analyzer_pb2.PolicyConfig(enforcementLevel=ADVISORY)
    profile.properties["profile"] = chosen
    with started() as stub:
        stub.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={"waivers": profile}))
        answer = stub.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=requests(build.volume)))
        about_one = stub.Analyze(analyzer_pb2.AnalyzeRequest(type="other", urn="urn:pulumi:dev::p::other::x"))
    left_out = {each.policy_name for each in answer.not_applicable}
    assert left_out == {rule.id for rule in RULES if rule.profile > expected}
    assert {each.policy_name for each in about_one.not_applicable} == left_out
