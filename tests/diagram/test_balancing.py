"""Balancers inside the platform, and those that stand in front of it."""

from ipaddress import IPv4Address

import pytest

from diagram import Balancer, Edge, Gateway, Health, LoadBalancer, Route, Service, System, drawing

IMAGE = "rempart/any:sha256-" + "0" * 64
ONE, TWO = (Service(name=f"api-{number}", image=IMAGE, port=8000 + number) for number in (1, 2))


def shop() -> System:
    balancer = Balancer(name="balancer", image=IMAGE, port=8000, members=(ONE, TWO))
    gateway = Gateway(name="gateway", image=IMAGE, routes=(Route(path="/", to=balancer, rate=1, burst=1),))
    edge = Edge(name="edge", image=IMAGE, gateway=gateway, https=8443)
    appliance = LoadBalancer(
        name="f5", address=IPv4Address("192.0.2.10"), host="shop.example", edge=edge,
        nodes=(IPv4Address("192.0.2.11"), IPv4Address("192.0.2.12")),
    )  # fmt: skip
    services = (edge, gateway, balancer, ONE, TWO)
    return System(name="shop", services=services, load_balancers=(appliance,))


def test_a_balancer_calls_its_members_and_nobody_needs_to_say_so() -> None:
    pairs = {(link.caller, link.callee) for link in shop().links}
    assert {("gateway", "balancer"), ("balancer", "api-1"), ("balancer", "api-2")} <= pairs


def test_members_that_answer_in_different_ways_are_refused() -> None:
    other = Service(name="api-3", image=IMAGE, port=8003, health=Health(alive="/alive"))
    with pytest.raises(ValueError, match=r"balancer.members: api-1, api-3 must have one path in health.alive"):
        Balancer(name="balancer", image=IMAGE, port=8000, members=(ONE, other))
    with pytest.raises(ValueError, match=r"balancer.members: must name at least one service"):
        Balancer(name="balancer", image=IMAGE, port=8000, members=())


def test_an_appliance_in_front_is_drawn_and_its_duties_are_stated_but_nothing_is_deployed() -> None:
    system = shop()
    drawn = drawing.mermaid(system)
    assert 'clients(["clients"]) -->|https| f5(["f5 192.0.2.10"])\n    f5 -->|https| edge' in drawn
    assert 'clients(["clients"]) -->|https| edge' not in drawn
    duties = system.load_balancers[0].duties
    assert duties["members"] == "192.0.2.11:8443, 192.0.2.12:8443"
    assert (duties["method"], duties["persistence"]) == ("least connections", "cookie insert")
    assert "GET https://shop.example/health" in duties["monitor"]
    assert "f5" not in system.by_name
    assert drawing.duties(system) is not None
