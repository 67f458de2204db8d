"""The networks: one for each link, one for each way out, one for each service that stands alone."""

from ipaddress import IPv4Network

import pulumi
import pulumi_docker as docker

from components.component import Component


def internal(owner: Component, what: str, subnet: IPv4Network, purpose: str) -> docker.Network:
    """A network without a route out of the host. `purpose` is its label: the link's name."""
    return _overlay(owner, what, subnet, internal=True, label=("rempart.link", purpose))


def way_out(owner: Component, subnet: IPv4Network, service: str) -> docker.Network:
    """A network with a route out, for `service` alone."""
    return _overlay(owner, "way-out", subnet, internal=False, label=("rempart.way-out", service))


def _overlay(
    owner: Component, what: str, subnet: IPv4Network, *, internal: bool, label: tuple[str, str]
) -> docker.Network:
    """Subnet and gateway are written out, because a network without them is replaced after every refresh; labels
    are constants, because a changed one would replace the network."""
    return docker.Network(
        owner.child(what),
        driver="overlay",
        internal=internal,
        attachable=False,
        ipam_configs=[{"subnet": str(subnet), "gateway": str(subnet.network_address + 1)}],
        labels=[
            {"label": label[0], "value": label[1]},
            {"label": "rempart.stack", "value": pulumi.get_stack()},
        ],
        opts=owner.own,
    )
