"""Hardening: what gives a workload more than its own, and what takes a wall away."""

from __future__ import annotations

import re
from typing import Any, Final

from .kit.resource import Resource
from .kit.rule import CONTAINER, PLUGIN, SERVICE, WORKLOADS, Problems, Profile, Severity, each, whole_stack
from .kit.stack import Stack
from .kit.workload import SPEC, Workload

NO_NEW_PRIVILEGES: Final = frozenset({"no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"})
LIFTED: Final = re.compile(r"(?:seccomp|apparmor|systempaths)[:=]unconfined|label[:=]disable")
ON_THE_DAEMON: Final = (
    "no-new-privileges (CIS 5.26): no-new-privileges in daemon.json",
    "a limit of processes and files (CIS 5.19, 5.29): default-ulimits in daemon.json",
    "a seccomp and an AppArmor profile (CIS 5.1, 5.22): seccomp-profile in daemon.json, apparmor in the kernel",
    "user namespaces (CIS 5.31): userns-remap in daemon.json",
    "the address of a published port (CIS 5.14, 7.2): host_binding_ipv4 of docker_gwbridge",
    "signed images (CIS 4.5): DOCKER_CONTENT_TRUST where images are pulled",
    "keys of the swarm (CIS 7.5 to 7.8): docker swarm update --autolock --cert-expiry",
)


@each(
    CONTAINER,
    severity=Severity.CRITICAL,
    remedy="Leave privileged out; run it as a docker.Service, which cannot have it.",
    see=["CIS Docker 5.5", "KICS ae5b6871", "Semgrep privileged-service", "PSS baseline, privileged containers"],
)
def containers_are_not_privileged(container: Resource) -> Problems:
    """A container is not privileged.

    A privileged one is root on its host, with all devices.
    """
    if container.at("privileged").value not in {None, False, "false"}:
        yield "privileged is set"


@each(
    CONTAINER,
    severity=Severity.CRITICAL,
    remedy="Leave pid_mode, ipc_mode, userns_mode and cgroupns_mode out.",
    see=[
        "CIS Docker 5.16, 5.17, 5.21 and 5.31",
        "KICS 4f31dd9f, baa3890f and 8af7162d",
        "PSS baseline, host namespaces",
    ],
)
def containers_keep_their_namespaces(container: Resource) -> Problems:
    """A container has its own namespaces of processes, memory, users and control groups.

    In the host's it sees, signals and reads what is not its own.
    """
    for name in ("pidMode", "ipcMode", "usernsMode", "cgroupnsMode"):
        said = container.at(name).text
        if said == "host" or said.startswith("container:"):
            yield f"{name} shares a namespace"


@each(
    CONTAINER,
    severity=Severity.HIGH,
    remedy="Leave devices, device_cgroup_rules, device_requests and gpus out.",
    see=["CIS Docker 5.18"],
)
def containers_get_no_devices(container: Resource) -> Problems:
    """A container gets no device of its host.

    Who can write a disk's blocks needs no file permission.
    """
    for name in ("devices", "deviceCgroupRules", "deviceRequests"):
        if list(container.at(name).each()):
            yield f"{name} gives devices of the host"
    if container.at("gpus").text:
        yield "gpus gives devices of the host"


@each(
    CONTAINER,
    severity=Severity.MEDIUM,
    remedy="Leave cgroup_parent out.",
    see=["CIS Docker 5.25", "KICS 4d9f44c6"],
)
def containers_stay_in_their_control_group(container: Resource) -> Problems:
    """A container stays in the engine's control group.

    In another one it shares, or escapes, somebody else's limits.
    """
    if container.at("cgroupParent").text:
        yield "cgroupParent is set"


@each(
    CONTAINER,
    severity=Severity.MEDIUM,
    remedy="Give each ulimit a finite hard value; leave out what the daemon's default-ulimits already bound.",
    see=["CIS Docker 5.19", "OWASP Docker rule 7"],
)
def limits_are_not_lifted(container: Resource) -> Problems:
    """A container's ulimits are finite.

    One that opens files or starts processes without end takes its host along.
    """
    for limit in container.at("ulimits").each():
        if any((limit.at(name).number or 0) < 0 for name in ("hard", "soft")):
            yield f"{limit.path} is unlimited"


@each(
    CONTAINER,
    severity=Severity.HIGH,
    remedy='Set security_opts=["no-new-privileges"].',
    see=["CIS Docker 5.26", "KICS 27fcc7d6 and 610e266e", "Semgrep no-new-privileges", "OWASP Docker rule 4",
         "PSS restricted, privilege escalation"],
)  # fmt: skip
def containers_gain_no_privileges(container: Resource) -> Problems:
    """A container's processes cannot gain privileges.

    Otherwise one setuid program in the image is enough. A Service has no such setting: there the daemon's does it.
    """
    options = {option.text.replace(" ", "").lower() for option in container.at("securityOpts").each()}
    if not NO_NEW_PRIVILEGES & options:
        yield "securityOpts has no no-new-privileges"


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Leave the option out: the engine's profile and labels hold by default.",
    see=["CIS Docker 5.1, 5.2, 5.3 and 5.22", "KICS 404fde2c", "Semgrep seccomp-confinement-disabled",
         "Semgrep selinux-separation-disabled", "OWASP Docker rule 6", "PSS baseline, seccomp and /proc mount type"],
)  # fmt: skip
def confinement_stays_on(resource: Resource) -> Problems:
    """A workload does not switch seccomp, AppArmor, SELinux or the masks over /proc off.

    They confine a process that got past everything else.
    """
    if resource.at(f"{SPEC}.privileges.seLinuxContext.disable").value:
        yield f"{SPEC}.privileges.seLinuxContext.disable is set"
    if resource.at(f"{SPEC}.privileges.seLinuxContext.type").text in {"spc_t", "unconfined_t"}:
        yield f"{SPEC}.privileges.seLinuxContext.type confines nothing"
    for option in resource.at("securityOpts").each():
        said = option.text.replace(" ", "").lower()
        if LIFTED.fullmatch(said) or said in {"no-new-privileges:false", "no-new-privileges=false"}:
            yield f"{option.path} switches a confinement off"


@each(
    *WORKLOADS,
    severity=Severity.MEDIUM,
    remedy="Set at most five attempts (restart_policy.max_attempts; restart=on-failure and max_retry_count), "
    "or use another profile.",
    profile=Profile.CIS_STRICT,
    see=["CIS Docker 5.15", "KICS 2fc99041"],
)
def restarts_are_counted(resource: Resource) -> Problems:
    """A workload gives up after five failures.

    This is the benchmark's wish, and the opposite of what a service that must come back needs: cis-strict only.
    """
    if resource.type == SERVICE:
        if resource.at("taskSpec.restartPolicy.maxAttempts").number != 5:
            yield "taskSpec.restartPolicy.maxAttempts is not 5"
    elif resource.at("restart").text != "on-failure" or not 0 < (resource.at("maxRetryCount").number or 0) <= 5:
        yield "restart is not on-failure with a maxRetryCount of 5"


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Remove the server: `docker exec` on the node, or the forwarder, is the way in.",
    see=["CIS Docker 5.7", "Trivy DS-0004", "CKV_DOCKER_1"],
)
def workloads_run_no_ssh(resource: Resource) -> Problems:
    """No workload runs an SSH server.

    It is a second way in, with keys and logs of its own.
    """
    workload = Workload(resource)
    for word in workload.words():
        if re.search(r"(?:^|[\s/;&])(?:sshd|dropbear)(?:\s|$)", word.text):
            yield f"{word.path} starts an SSH server"
    for port in workload.at("ports").each():
        if port.at("targetPort" if workload.is_service else "internal").number == 22:
            yield f"{port.path} is the port of SSH"


@each(
    PLUGIN,
    severity=Severity.CRITICAL,
    remedy="Name each permission in grant_permissions after reading what the plugin asks for.",
    see=["OWASP Docker rule 3"],
)
def plugins_are_granted_nothing_blindly(plugin: Resource) -> Problems:
    """An engine's plugin is granted what somebody has read, and not everything, nor the host's devices.

    A plugin runs on the host, beside the engine: all permissions are root.
    """
    if plugin.at("grantAllPermissions").value:
        yield "grantAllPermissions is set"
    for permission in plugin.at("grantPermissions").each():
        values = {value.text.lower() for value in permission.at("values").each()}
        if permission.at("name").text == "allow-all-devices" or {"host", "/", "cap_sys_admin"} & values:
            yield f"{permission.path} gives the host away"


@whole_stack(
    severity=Severity.LOW,
    remedy="Set them on every node; `make verify` asks the engine for what it tells of itself.",
    see=["CIS Docker 4, 5 and 7"],
    profile=Profile.PRODUCTION,
    advisory=True,
)
def the_daemon_covers_what_services_cannot_say(stack: Stack) -> Any:
    """What a docker.Service cannot express of the CIS benchmark is set on the daemon of every node.

    Privileged mode, host namespaces and devices cannot be switched on for a Service; these can only be set elsewhere.
    """
    first = next(stack.of(SERVICE), None)
    if first:
        yield first.urn, "; ".join(ON_THE_DAEMON)
