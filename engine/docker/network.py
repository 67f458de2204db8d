"""docker:Network. Every change replaces it; a subnet that is taken fails at once instead of hanging its services."""

import time
from ipaddress import ip_network
from typing import Any, ClassVar, Final

from engine.docker.block import Block, Blocks, Field, block
from engine.docker.client import Gone
from engine.docker.kinds import FLAG, LABELS, MAP, TEXT, Kind
from engine.docker.resource import Resource, patiently
from engine.provider import Progress, Properties, ProviderError

_ALLOCATION_SECONDS: Final = 20
_CLASH_SECONDS: Final = 3  # a network that is just being removed frees its subnet within this time
_LONGEST_PAUSE: Final = 0.5
_DOCKERS_OWN: Final = "com.docker.network.driver.overlay.vxlanid_list"
_OPTIONS: Final = Kind(
    blank={},
    fresh=None,
    canonical=lambda options: {key: value for key, value in options.items() if key != _DOCKERS_OWN},
    accepts=dict,
)
_IPAM: Final = block(
    Field("subnet", "Subnet", TEXT),
    Field("gateway", "Gateway", TEXT, computed=True),
    Field("ipRange", "IPRange", TEXT),
    Field("auxAddress", "AuxiliaryAddresses", MAP),
)


class Network(Resource):
    schema: ClassVar[Block] = block(
        Field("name", "Name", TEXT),
        Field("labels", "Labels", LABELS),
        Field("driver", "Driver", TEXT, computed=True),
        Field("options", "Options", _OPTIONS, computed=True),
        Field("internal", "Internal", FLAG),
        Field("attachable", "Attachable", FLAG),
        Field("ingress", "Ingress", FLAG),
        Field("ipv6", "EnableIPv6", FLAG),
        Field("ipamDriver", "IPAM.Driver", TEXT, default="default"),
        Field("ipamOptions", "IPAM.Options", MAP),
        Field("ipamConfigs", "IPAM.Config", Blocks(element=_IPAM), computed=True),
    )
    extra: ClassVar[Properties] = {"__meta": '{"schema_version":"1"}'}
    told: ClassVar[tuple[str, ...]] = ("id", "scope")

    def inspect(self, ref: str) -> tuple[str, Properties]:
        found = self._found(ref)
        return found["Id"], {**self.schema.read(found), "scope": found["Scope"]}

    def create(self, inputs: Properties, progress: Progress) -> tuple[str, Properties]:
        wire = self.schema.wire(inputs)
        with self.engine.api() as docker:
            made = docker.create_network(
                wire["Name"],
                driver=wire.get("Driver"),
                options=wire.get("Options"),
                ipam=wire.get("IPAM"),
                internal=wire.get("Internal", False),
                labels=wire.get("Labels"),
                enable_ipv6=wire.get("EnableIPv6", False),
                attachable=wire.get("Attachable"),
                ingress=wire.get("Ingress"),
            )["Id"]
        try:
            self._wait_for_allocation(made, inputs, progress)
        except ProviderError:
            self.delete(made, {}, progress)
            raise
        found, actual = self.inspect(made)
        return found, self.outputs(found, inputs, actual, fresh=True)

    def delete(self, ref: str, outputs: Properties, progress: Progress) -> None:  # noqa: ARG002
        def remove() -> None:
            with self.engine.api() as docker:
                docker.remove_network(ref)

        try:
            patiently(remove, "active endpoints|in use by task")
        except Gone:
            return

    def _found(self, ref: str) -> dict[str, Any]:
        with self.engine.api() as docker:
            found: dict[str, Any] = docker.inspect_network(ref)
        return found

    def _wait_for_allocation(self, ref: str, inputs: Properties, progress: Progress) -> None:
        """Until Swarm gave the network its driver and subnet; an error that names what is in the way otherwise."""
        began, pause = time.monotonic(), 0.02
        while True:
            found = self._found(ref)
            if found["Driver"] and (found["Scope"] != "swarm" or found["IPAM"]["Config"]):
                return
            waited = time.monotonic() - began
            if waited > _CLASH_SECONDS and (clash := self._clash(ref, inputs)):
                raise ProviderError(clash)
            if waited > _ALLOCATION_SECONDS:
                raise ProviderError(f"Swarm gave network {found['Name']} neither a driver nor a subnet")
            if pause == _LONGEST_PAUSE:
                progress("waiting for its subnet")
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _clash(self, ref: str, inputs: Properties) -> str | None:
        wanted = _subnets(self.schema.wire(inputs))
        with self.engine.api() as docker:
            others = [other for other in docker.networks() if other["Id"] != ref]
        for mine in wanted:
            for other in others:
                if any(mine.version == theirs.version and mine.overlaps(theirs) for theirs in _subnets(other)):
                    return f"subnet {mine} is taken by network {other['Name']}"
        return None


def _subnets(wire: dict[str, Any]) -> list[Any]:
    configs = wire.get("IPAM", {}).get("Config") or []
    return [ip_network(config["Subnet"], strict=False) for config in configs if config.get("Subnet")]
