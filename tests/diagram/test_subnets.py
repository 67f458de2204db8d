"""Every network has a subnet of its own, from its name alone."""

from ipaddress import IPv4Network
from itertools import combinations

from hypothesis import assume, given
from hypothesis import strategies as st

from diagram.subnets import Subnets
from tests.diagram.build import edge, fault, gateway, service, system

POOL = IPv4Network("10.64.0.0/10")
NAMES = st.sets(st.integers(0, 2**48).map("caller-to-{:x}".format), min_size=2, max_size=40)
"""A subnet follows from the name's hash: drawing words would take long, and mean no more."""


def allocated(names: set[str], **settings: object) -> dict[str, IPv4Network]:
    """Their subnets; two of them on one slot are an error with tests of its own."""
    try:
        return Subnets(POOL, **settings).allocate(names)  # type: ignore[arg-type]
    except ValueError:
        assume(False)
        raise


@given(NAMES)
def test_no_two_overlap_and_all_lie_in_the_pool(names: set[str]) -> None:
    subnets = allocated(names)
    assert subnets.keys() == names
    assert all(subnet.prefixlen == 27 and subnet.subnet_of(POOL) for subnet in subnets.values())
    assert not any(one.overlaps(other) for one, other in combinations(subnets.values(), 2))


@given(NAMES, st.data())
def test_removing_or_adding_one_moves_no_other(names: set[str], data: st.DataObject) -> None:
    before = allocated(names)
    gone = data.draw(st.sampled_from(sorted(names)))
    after = allocated(names - {gone})
    assert after == {name: subnet for name, subnet in before.items() if name != gone}


@given(NAMES, st.data())
def test_a_pin_moves_no_other(names: set[str], data: st.DataObject) -> None:
    before = allocated(names)
    pinned = data.draw(st.sampled_from(sorted(names)))
    pin = data.draw(st.sampled_from([IPv4Network("10.64.0.0/24"), IPv4Network("10.127.255.224/27")]))
    after = allocated(names, pins={pinned: pin})
    assert after == {**before, pinned: pin}


def test_a_name_has_the_same_subnet_on_every_machine() -> None:
    assert Subnets(POOL).of("api-to-postgres") == IPv4Network("10.107.16.32/27")


def test_the_order_is_the_names_so_that_every_run_declares_the_same() -> None:
    assert list(Subnets(POOL).allocate({"c", "a", "b"})) == ["a", "b", "c"]


def test_a_pool_too_small_for_the_links_is_refused() -> None:
    built = [service("a", "b", "c"), service("b", "c"), service("c")]
    assert fault(*built, pool="10.64.0.0/26") == "subnets.pool: 10.64.0.0/26 is too small for 3 networks of /27"


def test_a_pool_smaller_than_one_subnet_is_refused() -> None:
    found = fault(service("a"), pool="10.64.0.0/28")
    assert found == "subnets.prefix: /27 must lie between the pool's /28 and /27"


def test_a_prefix_longer_than_a_27_is_refused() -> None:
    assert fault(service("a"), prefix=28).startswith("subnets.prefix: /28 must lie between")


def test_a_collision_names_the_pin_that_helps_and_the_pin_helps() -> None:
    services = [service(f"s{n}", *([f"s{n + 1}"] if n < 7 else [])) for n in range(8)]
    found = fault(*services, pool="10.64.0.0/24")
    one, other = found.removeprefix("subnets: ").split(" both fall on ")[0].split(" and ")
    setting, _, advice = found.partition("such as ")[2].partition(": ")
    assert setting == f"subnets.pins.{other}"
    assert advice
    subnets = Subnets(IPv4Network("10.64.0.0/24"), pins={other: IPv4Network(advice)}).allocate([one, other])
    assert subnets[one] != subnets[other] == IPv4Network(advice)


def test_two_pins_that_overlap_are_refused() -> None:
    pins = {"a-to-b": "10.64.0.0/24", "a-to-c": "10.64.0.32/27"}
    found = fault(service("a", "b", "c"), service("b"), service("c"), pins=pins)
    assert found.startswith("subnets: a-to-b and a-to-c both fall on 10.64.0.32/27")


def test_a_pin_outside_the_pool_is_refused() -> None:
    found = fault(service("a", "b"), service("b"), pins={"a-to-b": "10.0.0.0/27"})
    assert found == "subnets.pins.a-to-b: 10.0.0.0/27 is not in the pool 10.64.0.0/10"


def test_a_pin_smaller_than_a_27_is_refused() -> None:
    found = fault(service("a", "b"), service("b"), pins={"a-to-b": "10.64.0.0/28"})
    assert found == "subnets.pins.a-to-b: 10.64.0.0/28 must be a /27 or larger"


def test_a_pin_for_no_network_is_refused() -> None:
    found = fault(service("a", "b"), service("b"), pins={"b-to-a": "10.64.0.0/27"})
    assert found == "subnets.pins.b-to-a: no network has this name"


def test_a_prefix_too_small_for_the_replicas_is_refused_until_it_is_lowered_or_the_link_pinned() -> None:
    services = service("a", "b", replicas=10), service("b", replicas=5)
    found = fault(*services)
    assert found.startswith("a-to-b: needs 34 addresses, and 10.")
    assert found.endswith("has 32: lower subnets.prefix, or pin a larger one in subnets.pins")
    assert system(*services, prefix=26).subnets["a-to-b"].prefixlen == 26
    assert system(*services, pins={"a-to-b": "10.64.0.0/26"}).subnets["a-to-b"].prefixlen == 26


def test_every_node_takes_an_address_of_a_link() -> None:
    assert system(service("a", "b"), service("b"), nodes=25)
    assert "needs 33 addresses" in fault(service("a", "b"), service("b"), nodes=26)


def test_a_way_out_needs_room_too() -> None:
    api = service("api")
    front = gateway(api)
    assert fault(edge(front, replicas=15), front, api).startswith("edge-to-gateway: needs 36")
    pin = {"edge-to-gateway": "10.64.0.0/26"}
    assert fault(edge(front, replicas=15), front, api, pins=pin).startswith("edge-way-out: needs 34")


def test_a_service_without_links_has_a_network_of_its_own() -> None:
    assert list(system(service("alone")).subnets) == ["alone-alone"]
