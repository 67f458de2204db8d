"""Runs a program under the SDK's mocks and keeps what it registered, by wire names."""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime.stack import run_pulumi_func

COMPUTED = {
    "tls:index/privateKey:PrivateKey": {"privateKeyPem": "a private key"},
    "tls:index/certRequest:CertRequest": {"certRequestPem": "a request"},
    "tls:index/selfSignedCert:SelfSignedCert": {"certPem": "a root"},
    "tls:index/locallySignedCert:LocallySignedCert": {
        "certPem": "a certificate",
        "validityEndTime": "2027-01-01T00:00:00Z",
    },
    "random:index/randomBytes:RandomBytes": {"base64": base64.b64encode(b"sixteen byte salt").decode()},
}


@dataclass(frozen=True)
class Registered:
    """One resource as the engine would see it."""

    type: str
    name: str
    inputs: dict[str, Any]


@dataclass
class Recorder(pulumi.runtime.Mocks):
    """Answers every registration, and remembers it."""

    resources: list[Registered] = field(default_factory=list)

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.resources.append(Registered(args.typ, args.name, args.inputs))
        computed = dict(COMPUTED.get(args.typ, {}))
        if args.typ.endswith("RandomPassword"):
            computed = {"result": f"the password {args.name}"}
        return f"{args.name}-id", {"name": args.name, **args.inputs, **computed}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return {}, None

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The inputs of every resource of a kind, such as ``docker:Service`` or ``rempart:Link``, by name."""
        package, _, last = kind.partition(":")
        return {
            it.name: it.inputs
            for it in self.resources
            if it.type.partition(":")[0] == package and it.type.rpartition(":")[2] == last
        }

    def text(self, config: str) -> str:
        """The text of a configuration."""
        return base64.b64decode(self.of("docker:ServiceConfig")[config]["data"]).decode()


def record(program: Callable[[], Any]) -> Recorder:
    """Everything that `program` registers."""
    recorder = Recorder()
    asyncio.set_event_loop(asyncio.new_event_loop())
    pulumi.runtime.settings.reset_options()
    pulumi.runtime.set_mocks(recorder, project="rempart", stack="dev")
    asyncio.get_event_loop().run_until_complete(run_pulumi_func(program))
    return recorder
