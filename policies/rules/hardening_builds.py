"""Hardening: builds, and the ways to engines and registries, which other programs' stacks bring."""

from __future__ import annotations

import re
from typing import Final

from .kit.address import LOOPBACK, addresses
from .kit.resource import Resource
from .kit.rule import BUILDER, BUILDS, PROVIDER, REGISTRY_IMAGE, Problems, Severity, each

UNCONFINED: Final = re.compile(r"unconfined|disable|security\.insecure|network\.host")


@each(
    *BUILDS,
    severity=Severity.HIGH,
    remedy="Leave network, network_mode and security_opts of the build out.",
    see=["CIS Docker 5.10 and 5.22", "OWASP Docker rule 6"],
)
def builds_stay_confined(image: Resource) -> Problems:
    """A build runs on its own network and under the engine's profile.

    A build runs other people's scripts: on the host's network they reach what only the host may.
    """
    for name in ("network", "networkMode"):
        if image.at(f"build.{name}").text == "host":
            yield f"build.{name} is the host's"
    for option in image.at("build.securityOpts").each():
        if UNCONFINED.search(option.text):
            yield f"{option.path} switches a confinement off"
    if image.at("build.cgroupParent").text:
        yield "build.cgroupParent is set"


@each(
    BUILDER,
    severity=Severity.HIGH,
    remedy="Leave the insecure entitlements, the host's network and plain registries out.",
    see=["BuildKit, entitlements"],
)
def builders_stay_confined(builder: Resource) -> Problems:
    """A builder grants its builds neither the host's network nor an unconfined process.

    It gives them to every build that it is ever asked for.
    """
    for leaf in builder.root.leaves():
        said = leaf.text.lower()
        name = leaf.path.rpartition(".")[2]
        if re.search(r"security\.insecure|network\.host", said) or (name == "network" and said == "host"):
            yield f"{leaf.path} takes a wall away"
        if name == "buildkitConfig" and re.search(r"^\s*(?:http|insecure)\s*=\s*true", said, re.MULTILINE):
            yield f"{leaf.path} trusts a registry without TLS"


@each(
    PROVIDER,
    BUILDER,
    severity=Severity.CRITICAL,
    remedy="Use ssh://, the local socket, or tcp:// with ca_material, cert_material and key_material (or cert_path).",
    see=["CIS Docker 2.7", "OWASP Docker rule 1"],
)
def engines_are_called_over_tls(resource: Resource) -> Problems:
    """A Docker engine is called over SSH, over TLS with a client certificate, or on its own machine.

    An engine that listens without TLS gives root to whoever reaches its port.
    """
    guarded = any(resource.at(name).present for name in ("certPath", "certMaterial"))
    for name in ("host", "endpoint"):
        for address in addresses(resource.at(name).text):
            local = address.scheme in {"unix", "npipe", "ssh", "fd"} or address.host in LOOPBACK
            if not local and (address.scheme == "http" or not guarded):
                yield f"{name} is an engine without TLS"
    for option in resource.at("sshOpts").parsed().each():
        if re.search(r"(?i)stricthostkeychecking\s*[= ]\s*(?:no|off|accept-new)|userknownhostsfile\s*[= ]\s*/dev/null",
                     option.text):  # fmt: skip
            yield f"{option.path} accepts any host's key"


@each(
    REGISTRY_IMAGE,
    *BUILDS[:2],
    severity=Severity.HIGH,
    remedy="Leave insecure_skip_verify out and give the registry a certificate that its clients trust.",
    see=["CIS Docker 2.5", "CWE-295"],
)
def registries_are_verified(image: Resource) -> Problems:
    """A registry is called over verified TLS.

    What is pushed to or pulled from an impostor runs with everything that the service has.
    """
    if image.at("insecureSkipVerify").value:
        yield "insecureSkipVerify is set"
    for name in ("registry.server", "authConfig.address", "name", "imageName"):
        if image.at(name).text.startswith("http://"):
            yield f"{name} is a registry without TLS"
