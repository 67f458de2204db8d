"""Secrets where they belong: files, and who may read them."""

from __future__ import annotations

import re
from typing import Any, Final

from .kit.resource import Resource
from .kit.rule import CONFIG, SECRET, SERVICE, VOLUME, Problems, Severity, each, whole_stack
from .kit.stack import Stack
from .kit.workload import SPEC, Workload

MOUNTED: Final = re.compile(r"/run/secrets/[A-Za-z0-9][A-Za-z0-9._-]*")


@each(SERVICE, severity=Severity.HIGH, remedy="Set file_mode=0o400.", see=["Docker, docker service create --secret"])
def secret_files_are_for_their_reader_only(service: Resource) -> Problems:
    """A secret's file has mode 0400.

    Docker's default is 0444: every process in the container may read it, whatever its user.
    """
    for secret in service.at(f"{SPEC}.secrets").each():
        mode = secret.at("fileMode")
        if mode.number is None or int(mode.number) != 0o400:
            yield f"{mode.path} is not 0400"


@each(SERVICE, severity=Severity.HIGH, remedy="Set file_uid and file_gid to the numbers in the service's user.")
def secret_files_belong_to_their_reader(service: Resource) -> Problems:
    """A secret's file belongs to the user that the service runs as.

    A file of root's with mode 0400 is unreadable for a service that is not root, which tempts people to widen it.
    """
    user, _, group = service.at(f"{SPEC}.user").text.partition(":")
    for secret in service.at(f"{SPEC}.secrets").each():
        if secret.at("fileUid").text != user:
            yield f"{secret.path}.fileUid is not the service's user"
        if group and secret.at("fileGid").text != group:
            yield f"{secret.path}.fileGid is not the service's group"


@each(SERVICE, severity=Severity.MEDIUM, remedy="Set file_name to a fixed path directly under /run/secrets.")
def secret_files_have_stable_paths(service: Resource) -> Problems:
    """A secret is mounted at an absolute path under /run/secrets that no rotation changes, and once.

    Elsewhere the file lies on a path that backups, images or volumes may cover.
    """
    seen = set()
    for secret in service.at(f"{SPEC}.secrets").each():
        name = secret.at("fileName")
        if not MOUNTED.fullmatch(name.text):
            yield f"{name.path} is not a file directly under /run/secrets"
        if name.text in seen:
            yield f"{name.path} is mounted twice"
        seen.add(name.text)


@each(SERVICE, severity=Severity.MEDIUM, remedy="Set file_mode without any write or special bit, such as 0o444.")
def config_files_are_not_writable(service: Resource) -> Problems:
    """A config's file can be written by nobody.

    A program that can rewrite its configuration can be made to.
    """
    for config in service.at(f"{SPEC}.configs").each():
        mode = config.at("fileMode")
        if int(0o444 if mode.number is None else mode.number) & ~0o555:
            yield f"{mode.path} lets somebody write"


@whole_stack(severity=Severity.LOW, remedy="Remove the secret, or mount it.")
def secrets_are_used(stack: Stack) -> Any:
    """Every Docker secret is mounted by a service.

    One that nobody reads is a copy that nobody rotates.
    """
    used = stack.users(SECRET, SERVICE, "taskSpec")
    yield from ((secret.urn, "no service mounts it") for secret in stack.of(SECRET) if secret.urn not in used)


@whole_stack(severity=Severity.LOW, remedy="Remove the config, or mount it.")
def configs_are_used(stack: Stack) -> Any:
    """Every Docker config is mounted by a service.

    A configuration that nobody reads misleads whoever looks for the one in force.
    """
    used = stack.users(CONFIG, SERVICE, "taskSpec")
    yield from ((config.urn, "no service mounts it") for config in stack.of(CONFIG) if config.urn not in used)


@whole_stack(
    severity=Severity.HIGH,
    remedy='Give the volume driver_opts {"type": "tmpfs", "device": "tmpfs"}.',
)
def keepers_keep_secrets_in_memory(stack: Stack) -> Any:
    """What a keeper copies for its callee lies in memory.

    On a disk the copies outlive their rotation, and go into every backup of the host.
    """
    for volume, services in stack.users(VOLUME, SERVICE, "taskSpec").items():
        kept = any(Workload(service).kind == "keeper" for service in services)
        if kept and stack.by_urn[volume].at("driverOpts.type").text != "tmpfs":
            yield volume, "a keeper's copies of secrets lie on a disk"
