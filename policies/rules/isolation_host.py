"""Isolation: what a workload shares with its host, and with others."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from .kit.node import Node
from .kit.resource import Resource
from .kit.rule import CONTAINER, SERVICE, VOLUME, WORKLOADS, Problems, Severity, each, whole_stack
from .kit.stack import Stack
from .kit.workload import Workload

Settings = dict[str, Any]

SOCKETS: Final = re.compile(r"(?:docker|containerd|podman|crio|dockershim|docker\.raw|docker_engine)(?:\.sock)?$")
ENGINE: Final = frozenset(
    {"", "/run", "/var/run", "/var/lib/docker", "/var/lib/containerd", "/run/docker", "/run/containerd"}
)
SYSTEM: Final = re.compile(
    r"/(?:bin|boot|dev|etc|lib|lib32|lib64|proc|root|run|sbin|sys|usr|var/(?:lib|log|run|spool|backups)|home/[^/]+/\.\w+"
    r"|home|opt/containerd|private/(?:etc|var))/|~/"
)
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


@each(
    CONTAINER,
    severity=Severity.MEDIUM,
    remedy='Write the address into ip: "127.0.0.1", or that of the interface that clients come in by.',
    see=["CIS Docker 5.14", "KICS 451d79dc", "OWASP Docker rule 5a"],
)
def published_ports_name_their_address(container: Resource) -> Problems:
    """A container's published port is bound to one address of its host.

    The default is every address, also those that were added later. A Service cannot say it: the daemon's bridge does.
    """
    for port in container.at("ports").each():
        if port.at("ip").text in {"", "0.0.0.0", "::"}:  # noqa: S104 -- an address to recognise
            yield f"{port.path}.ip is every address"


@each(
    *WORKLOADS,
    severity=Severity.MEDIUM,
    remedy="Publish a port above 1023, and let the edge be the one service with 80 and 443.",
    see=["CIS Docker 5.8", "KICS bc2908f3", "Trivy privileged ports"],
    settings=PUBLISHERS,
)
def published_ports_are_not_privileged(resource: Resource, settings: Settings) -> Problems:
    """No workload but the edge publishes a port below 1024.

    Clients take those for services of the system's administrator.
    """
    workload = Workload(resource)
    if workload.kind in settings["kinds"] or "NET_BIND_SERVICE" in {d.text for d in workload.at("drops").each()}:
        return
    names = ("publishedPort", "targetPort") if workload.is_service else ("external", "internal")
    for port in workload.at("ports").each():
        if any(0 < (port.at(name).number or 0) < 1024 for name in names):
            yield f"{port.path} is a privileged port"


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
    return mount.at("type").text in {"bind", "npipe"} or bool(mount.at("hostPath").present)


def sources(resource: Resource) -> Iterator[tuple[Node, str]]:
    """Each directory of the host that a workload or volume brings in, with the place that does."""
    if resource.type == VOLUME:
        yield from _bound(resource.at("driverOpts"))
        return
    for mount in mounts(resource):
        if _is_bind(mount):
            source = mount.at("source" if mount.at("source").present else "hostPath")
            yield mount, source.text
        yield from _bound(mount.at("volumeOptions.driverOptions"))


def _bound(options: Node) -> Iterator[tuple[Node, str]]:
    """The directory that the options of the local driver mount in a volume's place."""
    given = {name: value.text for name, value in options.entries()}
    bind = "bind" in given.get("o", "").split(",") or given.get("type") in {"bind", "none"}
    for name in ("device", "mountpoint"):
        path = given.get(name, "")
        if path.startswith("/") and (bind or name == "mountpoint"):
            yield options.at(name), path


@each(
    *WORKLOADS,
    VOLUME,
    severity=Severity.HIGH,
    remedy="Use a volume, a config or an image; for live reload in dev write a waiver.",
    see=["PSS baseline, HostPath volumes"],
)
def host_directories_are_not_mounted(resource: Resource) -> Problems:
    """No directory of the host is mounted, directly or in a volume's place.

    It binds the service to one machine, and gives whoever takes it a foot on that machine.
    """
    yield from (f"{place.path} mounts the host's file system" for place, _ in sources(resource))


@each(
    *WORKLOADS,
    VOLUME,
    severity=Severity.CRITICAL,
    remedy="Remove the mount, and hand over the one file that is needed as a config or a secret.",
    see=["CIS Docker 5.6", "KICS 1c1325ff", "PSS baseline, HostPath volumes"],
)
def sensitive_directories_are_not_mounted(resource: Resource) -> Problems:
    """No directory of the host's system is mounted: not its configuration, programs, devices, keys or logs.

    Reading them gives credentials away, and writing them is root on the host.
    """
    for place, path in sources(resource):
        directory = posixpath.normpath(path) if path else ""
        if directory in {"/", "//", "~"} or SYSTEM.match(directory + "/"):
            yield f"{place.path} mounts a directory of the host's system"


@each(
    *WORKLOADS,
    severity=Severity.CRITICAL,
    remedy="Remove the mount: what needs the engine's API belongs outside the platform.",
    see=["CIS Docker 5.32", "KICS d6355c88", "Semgrep exposing-docker-socket-volume", "OWASP Docker rule 1"],
)
def the_engine_is_out_of_reach(resource: Resource) -> Problems:
    """No workload reaches the socket of the container engine.

    Whoever may speak to it is root on the host.
    """
    for place, path in sources(resource):
        source = path.rstrip("/")
        if SOCKETS.search(source) or source in ENGINE:
            yield f"{place.path} brings the container engine's socket or data"
    for name, value in Workload(resource).env():
        if name == "DOCKER_HOST":
            yield f"{value.path} points to a container engine"


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Leave the propagation at its default, rprivate.",
    see=["CIS Docker 5.20", "KICS baa452f0"],
)
def mounts_do_not_propagate(resource: Resource) -> Problems:
    """A mount made in a container does not appear on the host.

    With shared propagation a container can mount over the host's directories.
    """
    for mount in mounts(resource):
        if mount.at("bindOptions.propagation").text not in {"", "private", "rprivate"}:
            yield f"{mount.path}.bindOptions.propagation is not private"


@whole_stack(
    severity=Severity.HIGH,
    remedy="Give each its own volume and let one call the other; a keeper may share a tmpfs volume with its callee.",
    see=["KICS 8c978947"],
)
def volumes_are_not_shared(stack: Stack) -> Any:
    """A volume belongs to one service, or to a stateful one and its keeper.

    A shared volume is a link that no network rule sees.
    """
    own = stack.users(VOLUME, SERVICE, "taskSpec")
    for volume, services in own.items():
        if len(services) < 2:
            continue
        keepers = [service for service in services if Workload(service).kind == "keeper"]
        if len(services) > 2 or len(keepers) != 1 or not is_memory(stack.by_urn[volume]):
            yield volume, f"{len(services)} services mount it"
    names = (stack.by_urn[volume].at("name") for volume in own)
    judged = {name.text for name in names if not name.unknown}
    named: defaultdict[str, set[str]] = defaultdict(set)
    for resource in stack.of(*WORKLOADS):
        for mount in mounts(resource):
            if mount.at("fromContainer").present:
                yield resource.urn, f"{mount.path} takes the volumes of another container"
            for place in (mount.at("source"), mount.at("volumeName")):
                if not place.unknown and place.text and place.text not in judged and not _is_bind(mount):
                    named[place.text].add(resource.urn)
                    if len(named[place.text]) > 1:
                        yield resource.urn, f"{place.path} is mounted by others too"


def is_memory(volume: Resource) -> bool:
    """Whether a volume is a tmpfs: gone with its last user."""
    return volume.at("driverOpts.type").text == "tmpfs"
