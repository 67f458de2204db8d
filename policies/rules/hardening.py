"""Hardening: the runtime settings that keep a program that was taken over from going further."""

from __future__ import annotations

import re
from typing import Any, Final

from .kit.resource import Resource
from .kit.rule import CONTAINER, SERVICE, WORKLOADS, Problems, Severity, each
from .kit.workload import SPEC, Workload

Settings = dict[str, Any]

SAFE_SYSCTLS: Final = frozenset({
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes", "net.core.somaxconn",
})  # fmt: skip


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Set read_only=True and give what must be written a tmpfs or a volume.",
    see=["CIS Docker 5.13", "OWASP Docker rule 8"],
)
def root_filesystems_are_read_only(resource: Resource) -> Problems:
    """A workload's root file system is read-only.

    An intruder cannot leave a program behind or change the one that runs.
    """
    place = Workload(resource).at("read_only")
    if place.value is not True:
        yield f"{place.path} is not set"


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy='Set cap_drops=["ALL"] (capabilities.drops for a Container).',
    see=["CIS Docker 5.4", "OWASP Docker rule 3", "PSS restricted, capabilities"],
)
def capabilities_are_dropped(resource: Resource) -> Problems:
    """A workload drops all capabilities.

    Docker leaves fourteen, among them to change owners, to send raw packets and to make devices.
    """
    place = Workload(resource).at("drops")
    if "ALL" not in {drop.text.upper() for drop in place.each()}:
        yield f"{place.path} does not hold ALL"


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Leave cap_adds out; ports below 1024 can be bound without NET_BIND_SERVICE.",
    see=["CIS Docker 5.4", "PSS restricted, capabilities"],
)
def capabilities_are_not_added(resource: Resource) -> Problems:
    """No capability is given back.

    Each one is a part of root.
    """
    yield from (f"{add.path} gives a capability" for add in Workload(resource).at("adds").each())


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy='Set user to two numbers, such as "10001:10001".',
    see=["CIS Docker 4.1", "OWASP Docker rule 2", "PSS restricted, running as non-root"],
)
def users_are_not_root(resource: Resource) -> Problems:
    """A workload runs as a user and group other than root, by their numbers.

    A name is looked up in the image, where anybody who builds it decides that it means root.
    """
    place = Workload(resource).at("user")
    match = re.fullmatch(r"(\d+)(?::(\d+))?", place.text)
    if not match:
        yield f"{place.path} is not a number"
    elif int(match[1]) == 0 or (match[2] is not None and int(match[2]) == 0):
        yield f"{place.path} is root"


@each(SERVICE, CONTAINER, severity=Severity.HIGH, remedy="Leave the supplementary groups out.", see=["PSS restricted"])
def groups_are_not_added(resource: Resource) -> Problems:
    """A workload has no supplementary groups.

    A group such as docker or disk is as good as root.
    """
    place = resource.at(f"{SPEC}.groups" if resource.type == SERVICE else "groupAdds")
    yield from (f"{group.path} is a supplementary group" for group in place.each())


@each(*WORKLOADS, severity=Severity.LOW, remedy="Set init=True.", see=["Docker, docker run --init"])
def processes_have_an_init(resource: Resource) -> Problems:
    """An init process reaps and passes signals.

    A program that runs as process 1 ignores the stop signal unless it was written for it, and collects dead children.
    """
    place = Workload(resource).at("init")
    if place.value is not True:
        yield f"{place.path} is not set"


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Set a memory limit of at least 6 MiB (resources.limits.memory_bytes, or memory in MiB for a Container).",
    see=["CIS Docker 5.11", "OWASP Docker rule 7"],
)
def memory_is_limited(resource: Resource) -> Problems:
    """A workload's memory is limited.

    Without a limit one leak makes the kernel kill whatever it likes on the host.
    """
    workload = Workload(resource)
    place = workload.at("memory")
    unit = 1 if workload.is_service else 1024**2
    if (place.number or 0) * unit < 6 * 1024**2:
        yield f"{place.path} sets no limit"
    if resource.at("memorySwap").number == -1:
        yield "memorySwap lifts the limit"


@each(
    *WORKLOADS,
    severity=Severity.MEDIUM,
    remedy="Set resources.limits.nano_cpus, or cpus for a Container.",
    see=["CIS Docker 5.12", "OWASP Docker rule 7"],
)
def processors_are_limited(resource: Resource) -> Problems:
    """A workload's processor time is limited.

    One busy loop must not stop the health checks of everything else.
    """
    if resource.type == SERVICE:
        place = resource.at("taskSpec.resources.limits.nanoCpus")
        if not place.number:
            yield f"{place.path} sets no limit"
    elif not (resource.at("cpus").number or resource.at("cpuQuota").number):
        yield "cpus sets no limit"


@each(*WORKLOADS, severity=Severity.MEDIUM, remedy="Set tmpfs_options.size_bytes on each tmpfs mount.")
def memory_filesystems_are_limited(resource: Resource) -> Problems:
    """A file system in memory has a size.

    Docker's default is half of the host's memory, for each.
    """
    for mount in Workload(resource).at("mounts").each():
        if mount.at("type").text == "tmpfs" and not mount.at("tmpfsOptions.sizeBytes").number:
            yield f"{mount.path}.tmpfsOptions.sizeBytes is missing"
    for _, options in resource.at("tmpfs").entries():
        if not re.search(r"(?:^|,)size=\d", options.text):
            yield f"{options.path} has no size"


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Remove the parameter, or set it on the host.",
    see=["PSS baseline, sysctls"],
)
def kernel_parameters_are_safe(resource: Resource) -> Problems:
    """A workload sets only kernel parameters that concern itself alone.

    Others weaken the whole host or its neighbours.
    """
    for name, value in Workload(resource).at("sysctls").entries():
        if name not in SAFE_SYSCTLS:
            yield f"{value.path} is not a parameter of the workload's own"
