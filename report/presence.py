"""Which services, links, ports, secrets and certificates a plan brings, takes away or makes anew."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from report.consequence import CONTAINER, SERVICE
from report.plan import Change, label
from report.urn import name_of, type_of

KINDS: Final = ("service", "link", "way out", "port", "secret", "certificate")
_NETWORK: Final = "docker:index/network:Network"
_SECRET: Final = "docker:index/secret:Secret"  # noqa: S105 - a type of resource
_CERTIFICATES: Final = ("tls:index/locallySignedCert:LocallySignedCert", "tls:index/selfSignedCert:SelfSignedCert")
_RENEWED: Final = ("secret", "certificate")
_DEFAULT_PROTOCOL: Final = "tcp"


@dataclass(frozen=True)
class Presence:
    """`kind` is one of KINDS. Names only: no value of a secret, no text of a certificate."""

    state: Literal["appears", "disappears", "renewed"]
    kind: str
    name: str


def presences(changes: Iterable[Change]) -> list[Presence]:
    """Of a plan as `effective` gives it. What only moves from one resource to another neither comes nor goes."""
    before: set[tuple[str, str]] = set()
    after: set[tuple[str, str]] = set()
    renewed: set[tuple[str, str]] = set()
    for change in changes:
        old = set(_facts(change.urn, change.old)) if change.op in ("update", "replace", "delete") else set()
        new = set(_facts(change.urn, change.new)) if change.op in ("create", "update", "replace", "import") else set()
        before |= old
        after |= new
        if change.op == "replace":
            renewed |= {fact for fact in old & new if fact[0] in _RENEWED}
    found = [Presence("appears", *fact) for fact in after - before]
    found += [Presence("disappears", *fact) for fact in before - after]
    found += [Presence("renewed", *fact) for fact in renewed]
    return sorted(found, key=lambda it: (it.state, KINDS.index(it.kind), it.name))


def _facts(urn: str, inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a resource with these inputs puts into the world."""
    type_ = type_of(urn)
    if type_ in (SERVICE, CONTAINER):
        service = label(inputs, "rempart.service") or name_of(urn)
        yield "service", service
        for port in _ports(inputs):
            yield "port", f"{port} of {service}"
    elif type_ == _NETWORK:
        way_out = label(inputs, "rempart.way-out")
        yield ("way out", way_out) if way_out else ("link", label(inputs, "rempart.link") or name_of(urn))
    elif type_ == _SECRET:
        yield "secret", name_of(urn)
    elif type_ in _CERTIFICATES:
        yield "certificate", name_of(urn)


def _ports(inputs: Mapping[str, Any]) -> Iterator[str]:
    """The published ports of a service or a container, as people write them."""
    endpoint = inputs.get("endpointSpec")
    listed = endpoint.get("ports") if isinstance(endpoint, Mapping) else inputs.get("ports")
    for port in listed if isinstance(listed, list) else ():
        if isinstance(port, Mapping):
            outside = port.get("publishedPort", port.get("external"))
            address = f"{port['ip']}:" if port.get("ip") else ""
            shown = outside if outside is not None else "a port of Docker's choice"
            yield f"{address}{shown}/{port.get('protocol') or _DEFAULT_PROTOCOL}"
