"""Secrets of builds, registries and plugins, which other programs' stacks bring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .kit.node import Node
from .kit.resource import Resource
from .kit.rule import (
    BUILDER,
    BUILDS,
    BUILT_IMAGE,
    PLUGIN,
    PROVIDER,
    REGISTRY_IMAGE,
    REMOTE_IMAGE,
    SERVICE,
    Problems,
    Severity,
    each,
)
from .kit.secret import suspicion

PASSWORDS: Final = {
    SERVICE: ("auth.password",),
    BUILT_IMAGE: ("registry.password",),
    REGISTRY_IMAGE: ("authConfig.password",),
}


@each(
    *BUILDS,
    severity=Severity.CRITICAL,
    remedy="Give it to the build as a secret (build.secrets with a file), which leaves no trace in the image.",
    see=["CIS Docker 4.10", "CKV2_DOCKER_17", "OWASP Docker rule 12"],
)
def builds_are_given_no_secret(image: Resource) -> Problems:
    """No build argument, label or cache address of an image holds a secret.

    `docker history` shows build arguments to everybody who can pull the image, for ever.
    """
    for name, value in _build(image.at("build")):
        found = suspicion(name, value.text)
        if found:
            yield f"{value.path} {found}"


def _build(build: Node) -> Iterator[tuple[str, Node]]:
    for mapping in ("args", "buildArgs", "labels", "label"):
        yield from build.at(mapping).entries()
        for item in build.at(mapping).each():
            name, _, value = item.text.partition("=")
            yield name, item.of(value)
    for texts in ("cacheFroms", "cacheTos", "tags", "extraHosts", "addHosts", "remoteContext"):
        place = build.at(texts)
        yield from (("", item) for item in (place.each() if isinstance(place.value, list) else [place]))


@each(
    PLUGIN,
    BUILDER,
    severity=Severity.CRITICAL,
    remedy="Let the plugin or builder read the value from a file or a socket that only it may open.",
    see=["OWASP Docker rule 12", "CWE-526"],
)
def plugins_and_builders_hold_no_secret(resource: Resource) -> Problems:
    """No setting of an engine's plugin or of a builder holds a secret.

    `docker plugin inspect` and `docker buildx inspect` show them.
    """
    for leaf in resource.root.leaves():
        name, equals, value = leaf.text.partition("=")
        found = suspicion(name, value) if equals else suspicion(leaf.path.rpartition(".")[2], leaf.text)
        if found:
            yield f"{leaf.path} {found}"


@each(
    PROVIDER,
    SERVICE,
    *BUILDS,
    severity=Severity.HIGH,
    remedy="Log in on the machine that runs Pulumi (`docker login` with a credential helper) and leave it out.",
    see=["pulumi-docker issue 643"],
)
def registry_credentials_stay_out_of_the_state(resource: Resource) -> Problems:
    """No registry's password is given to the provider, a service or an image.

    The provider keeps registryAuth and auth in clear in the state, also when Pulumi was told that they are secret.
    """
    for place in _credentials(resource):
        if place.unknown or place.text:
            yield f"{place.path} is kept in the state"


def _credentials(resource: Resource) -> Iterator[Node]:
    yield from (resource.at(path) for path in PASSWORDS.get(resource.type, ()))
    if resource.type == REMOTE_IMAGE:
        for config in resource.at("build.authConfigs").each():
            yield from (config.at(name) for name in ("password", "auth", "identityToken", "registryToken"))
    if resource.type == PROVIDER:
        for auth in resource.at("registryAuth").parsed().each():
            yield from (auth.at(name) for name in ("password", "configFileContent"))


@each(
    PROVIDER,
    severity=Severity.HIGH,
    remedy="Use ssh:// with an agent, or cert_path with the files outside the project.",
    see=["CIS Docker 2.7", "OWASP Docker rule 1"],
)
def provider_keys_are_secret(provider: Resource) -> Problems:
    """The provider's client key is marked secret.

    Whoever has it is root on the engine's host.
    """
    place = provider.at("keyMaterial")
    if place.present and "keyMaterial" not in provider.sealed:
        yield f"{place.path} is not marked secret"
