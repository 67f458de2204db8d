"""Secrets, the ways they leak: everything about a workload that is not a file of a Docker secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .kit.channels import SHOWN
from .kit.documents import texts
from .kit.node import Node
from .kit.resource import Resource
from .kit.rule import CONFIG, CONTAINER, NETWORK, PROVIDER, SECRET, VOLUME, WORKLOADS, Problems, Severity, each
from .kit.secret import in_file, in_text, suspicion
from .kit.workload import SPEC, Workload

FILES: Final = (
    "Put the value into a docker.Secret, mount it under /run/secrets, and pass the path in a *_FILE variable."
)
OWASP: Final = ["OWASP Docker rule 12", "CIS Docker 4.10", "CWE-526"]
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
    for words in (list(workload.words()), list(workload.at("healthcheck").at("tests").each())):
        for word in words:
            found = in_text(word.text)
            if found and word.path not in seen:
                seen.add(word.path)
                yield f"{word.path} {found}"
        found = in_text(" ".join(word.text for word in words), random=False)
        if found and not seen:
            yield f"{words[0].path} and what follows {found}"


@each(*WORKLOADS, NETWORK, VOLUME, CONFIG, SECRET, severity=Severity.HIGH, remedy=FILES, see=OWASP)
def metadata_hold_no_secret(resource: Resource) -> Problems:
    """No label, log option, driver option, host name or alias holds a secret.

    Metadata is listed to everyone who may list objects, and copied to log servers.
    """
    mounts = Workload(resource).at("mounts").each() if resource.type in WORKLOADS else ()
    of_mounts = (label for mount in mounts for label in mount.at("volumeOptions.labels").each())
    for label in [*resource.at("labels").each(), *resource.at(f"{SPEC}.labels").each(), *of_mounts]:
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
        for number, fault in in_file(text.text):
            yield f"{text.path} line {number} {fault}" if number else f"{text.path} {fault}"


@each(CONTAINER, severity=Severity.CRITICAL, remedy="Run it as a docker.Service, which can mount secrets.", see=OWASP)
def uploads_hold_no_secret(container: Resource) -> Problems:
    """No file that is uploaded into a container holds a secret.

    An upload stays in the container's writable layer and in Pulumi's state.
    """
    for upload in texts(container):
        for _, fault in in_file(upload.text):
            yield f"{upload.path} {fault}"


@each(*(SHOWN - {SECRET, PROVIDER}), severity=Severity.CRITICAL, remedy=FILES, see=OWASP)
def sealed_values_stay_in_secrets(resource: Resource) -> Problems:
    """What Pulumi holds to be secret reaches Docker in a docker.Secret and in nothing else.

    Docker shows every other property in clear to whoever may inspect the object.
    """
    for path in resource.sealed:
        if not path.startswith(CREDENTIALS):  # a rule of its own is about them
            yield f"{path} is made from a secret"
