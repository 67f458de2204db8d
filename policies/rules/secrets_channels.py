"""Secrets, the ways they leak: everything about a workload that is not a file of a Docker secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .kit.channels import SHOWN
from .kit.documents import lines, texts
from .kit.node import Node
from .kit.resource import Resource
from .kit.rule import CONFIG, CONTAINER, NETWORK, PROVIDER, SECRET, VOLUME, WORKLOADS, Problems, Severity, each
from .kit.secret import is_a_value, known_format, looks_random, suspicion, with_password
from .kit.workload import SPEC, Workload

FILES: Final = (
    "Put the value into a docker.Secret, mount it under /run/secrets, and pass the path in a *_FILE variable."
)
OWASP: Final = ["OWASP Docker rule 12", "CIS Docker 4.10", "CWE-526"]
ASSIGNED: Final = re.compile(r"""^[\s\-{,]*["']?(?P<name>[A-Za-z_][\w.-]*)["']?\s*[:=]\s*["']?(?P<value>[^"'\s,;}]+)""")
DIRECTIVES: Final = re.compile(
    r"""(?ix) ^ (?: requirepass | masterauth | user \s+ \S+ .* \s > | .*? \b password \s+ (?=') )
    [\s']* (?P<value> [^'"\s;]+ )"""
)
"""Redis's and SQL's own ways to write a password down."""
CREDENTIALS: Final = ("auth", "registry", "build.authConfigs")


@each(*WORKLOADS, severity=Severity.CRITICAL, remedy=FILES, see=OWASP)
def environments_hold_no_secret(resource: Resource) -> Problems:
    """No environment variable holds a secret.

    Every process, `docker inspect`, crash report and child process sees the environment, and Pulumi's state keeps it.
    """
    for name, value in Workload(resource).env():
        found = suspicion(name, value.text)
        if found:
            yield f"{value.path} {found}"


@each(*WORKLOADS, severity=Severity.CRITICAL, remedy=FILES, see=[*OWASP, "CWE-214"])
def command_lines_hold_no_secret(resource: Resource) -> Problems:
    """No word of a command line or health check holds a secret.

    The process list shows command lines to every user of the host.
    """
    workload = Workload(resource)
    seen = set()
    for name, value in workload.options():
        found = suspicion(name, value.text)
        if found:
            seen.add(value.path)
            yield f"{value.path} {found}"
    for word in [*workload.words(), *workload.at("healthcheck").at("tests").each()]:
        found = _in_text(word.text)
        if found and word.path not in seen:
            yield f"{word.path} {found}"


def _in_text(text: str) -> str | None:
    """Why a free text is held to contain a secret."""
    found = known_format(text)
    if found:
        return f"holds {found}"
    if with_password(text):
        return "holds an address with a password in it"
    for piece in re.split(r"[\s;&|]+", text):
        name, equals, value = piece.partition("=")
        if equals and re.fullmatch(r"-{0,2}[A-Za-z_][\w.-]*", name) and suspicion(name, value.strip("'\"")):
            return "assigns a secret"
    return "holds a random value, as secrets are" if looks_random(text) else None


@each(*WORKLOADS, NETWORK, VOLUME, CONFIG, severity=Severity.HIGH, remedy=FILES, see=OWASP)
def metadata_hold_no_secret(resource: Resource) -> Problems:
    """No label, log option, driver option, host name or alias holds a secret.

    Metadata is listed to everyone who may list objects, and copied to log servers.
    """
    for label in [*resource.at("labels").each(), *resource.at(f"{SPEC}.labels").each()]:
        yield from _reported(label.at("label").text, label.at("value"))
    for name, value in _options(resource):
        yield from _reported(name, value)
    for place in _names(resource):
        yield from _reported("", place)


def _reported(name: str, place: Node) -> Problems:
    found = suspicion(name, place.text)
    if found:
        yield f"{place.path} {found}"


def _options(resource: Resource) -> Iterator[tuple[str, Node]]:
    workload = Workload(resource)
    if resource.type in WORKLOADS:
        yield from workload.at("log_options").entries()
        for network in workload.at("networks").each():
            yield from network.at("driverOpts").entries()
            for option in network.at("driverOpts").each():
                name, _, value = option.text.partition("=")
                yield name, Node(value, option.path)
        for mount in workload.at("mounts").each():
            yield from mount.at("volumeOptions.driverOptions").entries()
    for options in ("driverOpts", "options", "ipamOptions", "sysctls", "storageOpts"):
        yield from resource.at(options).entries()


def _names(resource: Resource) -> Iterator[Node]:
    if resource.type not in WORKLOADS:
        return
    workload = Workload(resource)
    yield workload.at("hostname")
    yield from (resource.at(name) for name in ("domainname", "workingDir", f"{SPEC}.dir", "runtime"))
    for hosts in (resource.at("hosts"), resource.at(f"{SPEC}.hosts")):
        yield from (entry.at("host") for entry in hosts.each())
    for texts_ in ("dnsSearches", f"{SPEC}.dnsConfig.searches", f"{SPEC}.dnsConfig.options", "dnsOpts"):
        yield from resource.at(texts_).each()
    yield from resource.at("taskSpec.placement.constraints").each()
    for network in workload.at("networks").each():
        yield from network.at("aliases").each()


@each(
    CONFIG,
    severity=Severity.CRITICAL,
    remedy="Make it a docker.Secret, or read the value from a file of one.",
    see=OWASP,
)
def configs_hold_no_secret(config: Resource) -> Problems:
    """No config object holds a secret.

    `docker config inspect` shows a config's content to every operator, and Pulumi does not encrypt it in its state.
    """
    for text in texts(config):
        found = known_format(text.text)
        if found:
            yield f"{text.path} holds {found}"
        for number, line in lines(text.text):
            fault = _in_a_line(line)
            if fault:
                yield f"{text.path} line {number} {fault}"


def _in_a_line(line: str) -> str | None:
    """Why a line of a configuration is held to contain a secret."""
    if with_password(line):
        return "holds an address with a password in it"
    match = DIRECTIVES.match(line) or ASSIGNED.match(line)
    if match:
        value = match["value"]
        if is_a_value(value) and suspicion(match.groupdict().get("name") or "password", value):
            return "assigns a secret"
    return None


@each(CONTAINER, severity=Severity.CRITICAL, remedy="Run it as a docker.Service, which can mount secrets.", see=OWASP)
def uploads_hold_no_secret(container: Resource) -> Problems:
    """No file that is uploaded into a container holds a secret.

    An upload stays in the container's writable layer and in Pulumi's state.
    """
    for upload in texts(container):
        found = _in_text(upload.text) or next(filter(None, (_in_a_line(line) for _, line in lines(upload.text))), None)
        if found:
            yield f"{upload.path} {found}"


@each(*(SHOWN - {SECRET, PROVIDER}), severity=Severity.CRITICAL, remedy=FILES, see=OWASP)
def sealed_values_stay_in_secrets(resource: Resource) -> Problems:
    """What Pulumi holds to be secret reaches Docker in a docker.Secret and in nothing else.

    Docker shows every other property in clear to whoever may inspect the object.
    """
    for path in resource.sealed:
        if not path.startswith(CREDENTIALS):  # a rule of its own is about them
            yield f"{path} is made from a secret"
