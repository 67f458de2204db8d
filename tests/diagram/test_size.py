"""A diagram of a thousand services is checked and drawn as exactly as a small one, in time about linear."""

import sys
from ipaddress import IPv4Network

from diagram import Addresses, System
from diagram.drawing import mermaid
from tests.diagram.build import service


def large(size: int) -> System:
    """`size` services, each of which calls the two before it; every network is pinned, so that none collide."""
    names = [f"s{n}" for n in range(size)]
    services = [service(name, *names[max(0, n - 2) : n]) for n, name in enumerate(names)]
    links = [f"{one.name}-to-{use}" for one in services for use in one.uses]
    pins = dict(zip(links, IPv4Network("10.0.0.0/8").subnets(new_prefix=27), strict=False))
    return System(
        name="large", services=tuple(services), addresses=Addresses(pool=IPv4Network("10.0.0.0/8"), pins=pins)
    )


def steps(size: int) -> int:
    """How many Python calls it takes to validate and draw a system of `size` services."""
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        mermaid(large(size))
    finally:
        sys.setprofile(before)
    return calls


def test_a_thousand_services_have_their_links_and_subnets() -> None:
    built = large(1000)
    assert len(built.links) == 1997
    assert len(set(built.subnets.values())) == 1997
    assert [link.callee for link in built.callees(built.by_name["s999"])] == ["s997", "s998"]


def test_ten_times_the_services_take_about_ten_times_the_work() -> None:
    assert steps(1000) < 12 * steps(100)
