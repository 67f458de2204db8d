"""Isolation: what a workload shares with its host, and with others."""

from __future__ import annotations

import re
from typing import Any, Final

from .kit.node import Node
from .kit.resource import Resource
from .kit.rule import CONTAINER, SERVICE, VOLUME, WORKLOADS, Problems, Severity, each, whole_stack
from .kit.stack import Stack
from .kit.workload import Workload

Settings = dict[str, Any]

SOCKETS: Final = re.compile(r"(?:docker|containerd|podman|crio|dockershim)\.sock$")
PUBLISHERS: Final = {
    "kinds": {
        "type": "array",
        "items": {"type": "string"},
        "default": ["edge"],
        "description": "The kinds of service that may publish a port (label rempart.kind).",
    }
}


@each(
    *WORKLOADS,
    severity=Severity.CRITICAL,
    remedy="Let the gateway reach it over a link; for administration use the forwarder on loopback.",
    see=["CIS Docker 5.8, 5.9 and 5.14", "OWASP Docker rule 5a"],
    settings=PUBLISHERS,
)
def only_the_edge_publishes(resource: Resource, settings: Settings) -> Problems:
    """No workload but the edge publishes a port.

    A published port bypasses the gateway, and Docker opens it past the host's firewall.
    """
    workload = Workload(resource)
    if workload.kind not in settings["kinds"]:
        yield from (f"{port.path} is published" for port in workload.at("ports").each())
    if resource.at("publishAllPorts").value:
        yield "publishAllPorts is set"


@each(SERVICE, severity=Severity.HIGH, remedy='Set publish_mode="host" and a published_port on each port.')
def ports_are_published_on_the_node(service: Resource) -> Problems:
    """A published port is the task's own on its node, with a fixed number.

    The routing mesh opens it on every node, hides the client's address, and does nothing at all without IPVS.
    """
    for port in Workload(service).at("ports").each():
        if port.at("publishMode").text != "host":
            yield f"{port.path}.publishMode is not host"
        if not port.at("publishedPort").number:
            yield f"{port.path}.publishedPort is missing"


@each(SERVICE, severity=Severity.HIGH, remedy='Set endpoint_spec={"mode": "dnsrr"}.')
def services_resolve_to_their_tasks(service: Resource) -> Problems:
    """A service's name resolves to its tasks.

    A virtual address needs IPVS in the kernel; where it is missing, connections to it hang and Docker says nothing.
    """
    if service.at("endpointSpec.mode").text != "dnsrr":
        yield "endpointSpec.mode is not dnsrr"


def mounts(resource: Resource) -> list[Node]:
    """The mounts, and a container's `volumes`, which are an older way to write them."""
    return [*Workload(resource).at("mounts").each(), *resource.at("volumes").each()]


def _is_bind(mount: Node) -> bool:
    return mount.at("type").text == "bind" or bool(mount.at("hostPath").present)


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Use a volume, a config or an image; for live reload in dev write a waiver.",
    see=["CIS Docker 5.6 and 5.21", "PSS baseline, HostPath volumes"],
)
def host_directories_are_not_mounted(resource: Resource) -> Problems:
    """No directory of the host is mounted.

    It binds the service to one machine, and gives whoever takes it a foot on that machine.
    """
    yield from (f"{mount.path} mounts the host's file system" for mount in mounts(resource) if _is_bind(mount))


@each(
    *WORKLOADS,
    severity=Severity.CRITICAL,
    remedy="Remove the mount: what needs the engine's API belongs outside the platform.",
    see=["CIS Docker 5.32", "OWASP Docker rule 1"],
)
def the_engine_is_out_of_reach(resource: Resource) -> Problems:
    """No workload reaches the socket of the container engine.

    Whoever may speak to it is root on the host.
    """
    for mount in mounts(resource):
        if not _is_bind(mount):
            continue
        source = mount.at("source" if mount.at("source").present else "hostPath").text.rstrip("/")
        if SOCKETS.search(source) or source in {
            "",
            "/run",
            "/var/run",
            "/var/lib/docker",
            "/run/docker",
            "/run/containerd",
        }:
            yield f"{mount.path} brings the container engine's socket or data"
    for name, value in Workload(resource).env():
        if name == "DOCKER_HOST":
            yield f"{value.path} points to a container engine"


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Leave the propagation at its default, rprivate.",
    see=["CIS Docker 5.20"],
)
def mounts_do_not_propagate(resource: Resource) -> Problems:
    """A mount made in a container does not appear on the host.

    With shared propagation a container can mount over the host's directories.
    """
    for mount in mounts(resource):
        if mount.at("bindOptions.propagation").text not in {"", "private", "rprivate"}:
            yield f"{mount.path}.bindOptions.propagation is not private"


@each(
    CONTAINER,
    severity=Severity.CRITICAL,
    remedy="Remove the setting; run it as a docker.Service, which cannot have it.",
    see=["CIS Docker 5.4, 5.16, 5.17, 5.18, 5.25 and 5.31", "PSS baseline, host namespaces and privileged containers"],
)
def containers_share_nothing_with_the_host(container: Resource) -> Problems:
    """A container has its own namespaces, no devices, and no privileges of the host.

    Each of these settings removes a wall between the container and the host's root.
    """
    if container.at("privileged").value:
        yield "privileged is set"
    for name in ("pidMode", "ipcMode", "usernsMode", "cgroupnsMode"):
        said = container.at(name).text
        if said == "host" or said.startswith("container:"):
            yield f"{name} shares a namespace"
    for name in ("devices", "deviceCgroupRules", "deviceRequests"):
        if list(container.at(name).each()):
            yield f"{name} gives devices of the host"
    if container.at("cgroupParent").text:
        yield "cgroupParent is set"


@whole_stack(
    severity=Severity.HIGH,
    remedy="Give each its own volume and let one call the other; a keeper may share a tmpfs volume with its callee.",
    see=["KICS 8c978947"],
)
def volumes_are_not_shared(stack: Stack) -> Any:
    """A volume belongs to one service, or to a stateful one and its keeper.

    A shared volume is a link that no network rule sees.
    """
    for volume, services in stack.users(VOLUME, SERVICE, "taskSpec").items():
        if len(services) < 2:
            continue
        keepers = [service for service in services if Workload(service).kind == "keeper"]
        if len(services) > 2 or len(keepers) != 1 or not is_memory(stack.by_urn[volume]):
            yield volume, f"{len(services)} services mount it"


def is_memory(volume: Resource) -> bool:
    """Whether a volume is a tmpfs: gone with its last user."""
    return volume.at("driverOpts.type").text == "tmpfs"
