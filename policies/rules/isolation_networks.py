"""Isolation: networks, and who joins them."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import Any

from .kit.resource import Resource
from .kit.rule import NETWORK, SERVICE, WORKLOADS, Problems, Profile, Severity, each, whole_stack
from .kit.stack import Stack
from .kit.workload import Workload

Settings = dict[str, Any]

WAY_OUT = "rempart.way-out"
LEADS_OUT = {
    "kinds": {
        "type": "array",
        "items": {"type": "string"},
        "default": ["edge", "egress", "forward"],
        "description": "The kinds of service that may join a network with a way out.",
    }
}


@each(
    NETWORK,
    severity=Severity.CRITICAL,
    remedy=f"Set internal=True; the network of an edge or an egress carries the label {WAY_OUT} instead.",
    see=["CIS Docker 5.30", "OWASP Docker rule 5"],
)
def networks_are_internal(network: Resource) -> Problems:
    """A network has no route out of the host, but where a declared way out is its purpose.

    From a network with a route, whatever runs there can carry data away and fetch its next tool.
    """
    if network.at("internal").value is not True and WAY_OUT not in network.labels:
        yield "internal is not set"


@each(NETWORK, severity=Severity.HIGH, remedy="Leave attachable and ingress out.", see=["CIS Docker 7.2"])
def networks_take_services_only(network: Resource) -> Problems:
    """Nothing but the services of the stack joins a network.

    Any container of the host may join an attachable network, and the routing mesh joins everything to one.
    """
    for name in ("attachable", "ingress"):
        if network.at(name).value:
            yield f"{name} is set"


@each(NETWORK, severity=Severity.MEDIUM, remedy='Set driver="overlay".', see=["CIS Docker 5.10"])
def networks_are_overlays(network: Resource) -> Problems:
    """A network is an overlay of the swarm.

    A bridge ends at its host, and host or macvlan put the service onto the host's own network.
    """
    if network.at("driver").text != "overlay":
        yield "driver is not overlay"


@each(
    NETWORK,
    severity=Severity.MEDIUM,
    remedy="Write one ipam_configs with a private subnet of at most /27 and its gateway.",
    settings={"prefix": {"type": "integer", "default": 27, "description": "The longest prefix: the smallest subnet."}},
)
def networks_have_their_own_subnet(network: Resource, settings: Settings) -> Problems:
    """A network's subnet and gateway are written out, private, and large enough.

    Docker's default pools run out silently, and a subnet without its gateway is replaced after every refresh.
    """
    configs = list(network.at("ipamConfigs").each())
    if not configs:
        yield "ipamConfigs is missing"
    for config in configs:
        try:
            subnet = ip_network(config.at("subnet").text)
        except ValueError:
            yield f"{config.path}.subnet is not a network"
            continue
        if not subnet.is_private or subnet.prefixlen > settings["prefix"]:
            yield f"{config.path}.subnet is public, or smaller than /{settings['prefix']}"
        try:
            within = ip_address(config.at("gateway").text) in subnet
        except ValueError:
            within = False
        if not within:
            yield f"{config.path}.gateway is not an address of the subnet"


@each(*WORKLOADS, severity=Severity.HIGH, remedy="Join a network of the stack.", see=["CIS Docker 2.2 and 5.30"])
def workloads_stay_off_the_default_networks(resource: Resource) -> Problems:
    """A workload joins networks of its stack, never the default bridge.

    A task that joins none is put onto the default bridge, which has a route out and every other such container on it.
    """
    workload = Workload(resource)
    mode = resource.at("networkMode").text
    joined = list(workload.at("networks").each())
    if mode in {"bridge", "default", "nat"}:
        yield "networkMode is not a network of the stack"
    elif not mode and not joined:
        yield f"{workload.at('networks').path} is empty"
    for network in joined:
        for name in ("name", "id"):
            place = network.at(name)
            if not place.unknown and place.text in {"bridge", "ingress", "docker_gwbridge"}:
                yield f"{place.path} is a default network"


@each(
    *WORKLOADS,
    NETWORK,
    severity=Severity.CRITICAL,
    remedy="Join a network of the stack; publish the one port that must be reached on the host.",
    see=["CIS Docker 5.10", "KICS 071a71ff", "PSS baseline, host namespaces"],
)
def workloads_have_a_network_of_their_own(resource: Resource) -> Problems:
    """A workload has its own network namespace, neither the host's nor another container's.

    On the host's it reaches the host's loopback, and every service that listens only there.
    """
    mode = resource.at("networkMode").text
    if mode == "host" or mode.startswith(("container:", "service:")):
        yield "networkMode shares a network namespace"
    if resource.type == NETWORK:
        if resource.at("driver").text == "host":
            yield "driver is host"
        return
    for network in Workload(resource).at("networks").each():
        for name in ("name", "id"):
            if not network.at(name).unknown and network.at(name).text == "host":
                yield f"{network.at(name).path} is the host's network"


@each(
    NETWORK,
    severity=Severity.MEDIUM,
    remedy='Set options={"encrypted": "true"}, on kernels that have it.',
    profile=Profile.CIS_STRICT,
    see=["CIS Docker 7.3"],
)
def overlays_are_encrypted(network: Resource) -> Problems:
    """An overlay is encrypted between nodes.

    This is the benchmark's wish; here TLS on every link does it, on kernels without IPsec too: cis-strict only.
    """
    if network.at("driver").text == "overlay" and network.at("options.encrypted").text.lower() not in {
        "true",
        "1",
        "yes",
    }:
        yield "options.encrypted is not set"


@whole_stack(severity=Severity.CRITICAL, remedy="Make a network of their own for each pair that calls each other.")
def networks_join_two_services(stack: Stack) -> Any:
    """A network joins the two ends of one link, and nobody else.

    Three services on one network are three links, of which somebody declared one.
    """
    for network, services in stack.users(NETWORK, SERVICE, "taskSpec").items():
        ends = {_end(service) for service in services}
        if len(ends) > 2:
            yield network, f"{len(ends)} services join it"
        named = stack.by_urn[network].labels.get("rempart.link", "")
        for service in services:
            name = service.labels.get("rempart.service", "")
            if "-to-" in named and name not in named.split("-to-"):
                yield service.urn, "joins the network of a link of which it is no end"


def _end(service: Resource) -> str:
    """The members of a replica set are one end: the caller's driver finds them all, and speaks to whom they elected."""
    workload = Workload(service)
    return workload.replica_set if workload.kind == "document-store" else service.urn


@whole_stack(
    severity=Severity.CRITICAL,
    remedy="Declare the outside call as a link to the egress, with the hosts it may reach.",
    settings=LEADS_OUT,
)
def ways_out_are_declared(stack: Stack, settings: Settings) -> Any:
    """Only the edge, the egress and forwards join a network that leads out of the host.

    The label alone opens a network: who stands on it decides whether that is a declared way out.
    """
    for network, services in stack.users(NETWORK, SERVICE, "taskSpec").items():
        if stack.by_urn[network].at("internal").value is True:
            continue
        for service in services:
            if Workload(service).kind not in settings["kinds"]:
                yield service.urn, "joins a network that is not internal"


@whole_stack(severity=Severity.HIGH, remedy="Give one of the two a subnet of its own.")
def subnets_do_not_overlap(stack: Stack) -> Any:
    """No two networks of a stack share an address.

    Docker accepts an overlapping subnet, leaves the network without addresses, and its tasks wait for ever.
    """
    found = []
    for network in stack.of(NETWORK):
        for config in network.at("ipamConfigs").each():
            try:
                found.append((ip_network(config.at("subnet").text), network.urn))
            except ValueError:
                continue
    ordered = sorted((subnet for subnet in found if subnet[0].version == 4), key=lambda entry: entry[0])
    for (before, _), (subnet, urn) in pairwise(ordered):
        if subnet.overlaps(before):
            yield urn, "ipamConfigs has a subnet that overlaps another network's"
