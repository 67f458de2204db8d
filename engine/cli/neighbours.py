"""What a plan wants of the Docker engine that others hold: subnets and published ports, looked up before it acts."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

from engine.cli.nodes import Nodes
from engine.docker.client import Engine
from engine.errors import EngineError
from engine.events import Event, StepStarted
from engine.provider import ProviderError
from engine.urn import type_of

_NEW: Final = frozenset({"create", "create-replacement"})
_STACK: Final = "rempart.stack"
_ANOTHER: Final = ("another stack of this engine", "give this stack a pool and ports that no other has")
_LEFT: Final = (
    "an interrupted run of this stack",
    "`./pulumiw cancel`, and `./pulumiw --engine embedded refresh --yes` takes into the state what that run made",
)

Subnet = IPv4Network | IPv6Network


@dataclass(frozen=True, order=True)
class _Clash:
    """Something that the plan wants, who holds it, and of which stack; "" when of none."""

    wanted: str
    holder: str
    stack: str

    @staticmethod
    def of(wanted: str, holder: str, labels: dict[str, str] | None) -> "_Clash":
        return _Clash(wanted, holder, (labels or {}).get(_STACK, ""))

    def __str__(self) -> str:
        return f"{self.wanted}: {self.holder}" + (f" of stack {self.stack}" if self.stack else "")


class Neighbours:
    """Sees the plan's events; what the plan replaces is its own, whatever else the engine has is somebody else's."""

    def __init__(self, stack: str) -> None:
        self._stack = stack
        self._subnets: dict[Subnet, str] = {}
        self._ports: dict[int, str] = {}
        self._own: set[str] = set()
        self._nodes = Nodes()

    def see(self, event: Event) -> None:
        """Note what a planned step would take or gives back."""
        if not isinstance(event, StepStarted):
            return
        self._nodes.see(event)
        self._own |= {str(inputs["name"]) for inputs in (event.old, event.new) if inputs.get("name")}
        if event.op in _NEW and type_of(event.urn) == "docker:index/network:Network":
            self._subnets |= dict.fromkeys(_subnets(event.new.get("ipamConfigs"), "subnet"), event.urn)
        if event.op in _NEW and type_of(event.urn) == "docker:index/service:Service":
            ports = (event.new.get("endpointSpec") or {}).get("ports") or ()
            self._ports |= {int(port["publishedPort"]): event.urn for port in ports if port.get("publishedPort")}

    def refuse(self) -> None:
        """Raise EngineError, naming every clash, when another's network or service holds what the plan wants, or when
        no node may run a service of it. Without an engine that answers the plan fails by itself."""
        self._nodes.refuse()
        if not (self._subnets or self._ports):
            return
        try:
            clashes = sorted({*self._taken_subnets(), *self._taken_ports()})
        except ProviderError:
            return
        if clashes:
            more = [f"and {len(clashes) - 5} more"] if len(clashes) > 5 else []
            shown = "\n  ".join([*map(str, clashes[:5]), *more])
            who, advice = _LEFT if {clash.stack for clash in clashes} == {self._stack} else _ANOTHER
            raise EngineError(f"nothing was changed: {who} holds what this one wants:\n  {shown}\n{advice}")

    def _taken_subnets(self) -> Iterator[_Clash]:
        with Engine().api() as docker:
            networks = docker.networks()
        for network in networks:
            held = _subnets((network.get("IPAM") or {}).get("Config"), "Subnet")
            if network["Name"] not in self._own:
                for subnet in self._subnets:
                    if any(subnet.version == other.version and subnet.overlaps(other) for other in held):
                        yield _Clash.of(f"subnet {subnet}", f"network {network['Name']}", network.get("Labels"))

    def _taken_ports(self) -> Iterator[_Clash]:
        with Engine().api() as docker:
            if not self._ports or docker.info()["Swarm"]["LocalNodeState"] != "active":
                return
            services = docker.services()
        for service in services:
            spec = service["Spec"]
            ports = {port.get("PublishedPort") for port in (spec.get("EndpointSpec") or {}).get("Ports") or ()}
            if spec["Name"] not in self._own:
                for port in ports & self._ports.keys():
                    yield _Clash.of(f"port {port}", f"service {spec['Name']}", spec.get("Labels"))


def _subnets(configs: Any, key: str) -> list[Subnet]:
    given = [config[key] for config in configs or () if isinstance(config, dict) and config.get(key)]
    return [ip_network(subnet, strict=False) for subnet in given if "/" in str(subnet)]
