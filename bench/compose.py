"""What the platform registered, as a compose file: the same networks, secrets and services for `docker stack deploy`.

What the compose format cannot say is left out by name: the resolver's options (with them a lookup fails sooner), the
mode of a mount in memory (Docker's default is the same) and a network's gateway (Docker takes the same address).
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.given import Given
from bench.service import service

SECTIONS = {
    "docker:index/network:Network": "networks",
    "docker:index/volume:Volume": "volumes",
    "docker:index/secret:Secret": "secrets",
    "docker:index/serviceConfig:ServiceConfig": "configs",
    "docker:index/service:Service": "services",
}


@dataclass(frozen=True)
class Resource:
    """A resource of a deployed stack; `inputs` by their wire names, secrets in clear."""

    type: str
    name: str
    id: str
    inputs: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Compose:
    """A compose document, and what the files that it names contain. Secrets are in the files alone."""

    document: dict[str, Any]
    files: dict[str, bytes] = field(repr=False)


def compose(resources: Iterable[Resource]) -> Compose:
    """The compose form of all Docker objects among `resources`. An UntranslatedError names what it cannot say."""
    known = [each for each in resources if each.type in SECTIONS]
    names = {each.inputs.get("name", each.name) if "volume" in each.type else each.id: each.name for each in known}
    sections: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS.values()}
    files = {}
    for each in known:
        section = SECTIONS[each.type]
        with Given(each.inputs, each.name) as given:
            name = given.take("name") or each.name
            if section in {"secrets", "configs"}:
                files[each.name] = base64.b64decode(given.take("data"))
                # Its own name, because the stack's in front of it would be longer than Docker allows.
                sections[section][each.name] = {"name": name, "file": f"./{each.name}", "labels": given.labels()}
            elif section == "services":
                sections[section][each.name] = service(given, names)
            else:
                sections[section][each.name] = PLAIN[section](given)
    return Compose({"version": "3.8", **_literal(sections)}, files)


def _network(given: Given) -> dict[str, Any]:
    subnets = []
    for each in given.groups("ipamConfigs"):
        with each:
            each.drop("gateway")
            subnets.append({"subnet": each.take("subnet")})
    ipam = {"driver": given.take("ipamDriver") or "default", "config": subnets}
    settings = given.present(driver="driver", internal="internal", attachable="attachable", driver_opts="options")
    return {**settings, "ipam": ipam, "labels": given.labels()}


def _volume(given: Given) -> dict[str, Any]:
    return {**given.present(driver="driver", driver_opts="driverOpts"), "labels": given.labels()}


PLAIN: Mapping[str, Callable[[Given], dict[str, Any]]] = {"networks": _network, "volumes": _volume}


def _literal(value: Any) -> Any:
    """`value` as a compose file has it: a single dollar sign begins a variable, and a count has no fraction."""
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_literal(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.replace("$", "$$") if isinstance(value, str) else value
