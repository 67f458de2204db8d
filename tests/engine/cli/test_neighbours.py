"""What another stack of the engine holds is refused before anything is changed, by both engines."""

import secrets
import subprocess
from collections.abc import Iterator

import pytest

from engine.cli.neighbours import Neighbours
from engine.errors import EngineError
from engine.events import StepStarted
from tests.engine.cli.conftest import Place
from tests.engine.cli.test_gate import PLAN, Gated

pytestmark = pytest.mark.live

NETWORK = "urn:pulumi:dev::demo::docker:index/network:Network::net"
TAKEN = "10.251.77.0/27"


@pytest.fixture
def theirs() -> Iterator[str]:
    """Another stack's network."""
    name = f"theirs-{secrets.token_hex(3)}"
    options = ["--driver", "overlay", "--internal", "--label", "rempart.stack=other", "--subnet", TAKEN]
    subprocess.run(["docker", "network", "create", *options, name], check=True, capture_output=True)
    yield name
    subprocess.run(["docker", "network", "rm", name], check=True, capture_output=True)


@pytest.fixture
def gated(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Gated:
    return Gated(place, tmp_path_factory.mktemp("bin"))


def planned(subnet: str, op: str = "create", old: str = "", stack: str = "dev") -> Neighbours:
    neighbours = Neighbours(stack)
    new = {"name": "net-1234567", "ipamConfigs": [{"subnet": subnet}]}
    neighbours.see(StepStarted(op, NETWORK, old={"name": old} if old else {}, new=new))
    return neighbours


@pytest.mark.parametrize("subnet", [TAKEN, "10.251.77.16/28", "10.251.0.0/16"])
def test_a_subnet_of_another_stack_is_refused_with_both_names(theirs: str, subnet: str) -> None:
    with pytest.raises(EngineError) as caught:
        planned(subnet).refuse()
    assert f"subnet {subnet}: network {theirs} of stack other" in str(caught.value)
    assert "nothing was changed" in str(caught.value)


def test_a_subnet_beside_it_and_a_network_of_its_own_are_not(theirs: str) -> None:
    planned("10.251.77.32/27").refuse()
    planned(TAKEN, "create-replacement", old=theirs).refuse()
    planned(TAKEN, "same").refuse()


def test_what_an_interrupted_run_of_this_stack_left_is_called_so_with_the_way_to_take_it_over(theirs: str) -> None:
    with pytest.raises(EngineError) as caught:
        planned(TAKEN, stack="other").refuse()
    assert f"an interrupted run of this stack holds what this one wants:\n  subnet {TAKEN}: network {theirs}" in str(
        caught.value
    )
    assert "--engine embedded refresh --yes" in str(caught.value)


def test_a_port_of_another_stack_is_refused_with_its_service() -> None:
    name, port = f"theirs-{secrets.token_hex(3)}", 45917
    publish = f"published={port},target=80,mode=host"
    options = ["--replicas", "0", "--detach", "--endpoint-mode", "dnsrr", "--publish", publish, "--no-resolve-image"]
    subprocess.run(["docker", "service", "create", *options, "--name", name, "nobody/nothing"], check=True)
    neighbours = Neighbours("dev")
    new = {"name": "edge-1234567", "endpointSpec": {"ports": [{"publishedPort": port, "targetPort": 80}]}}
    neighbours.see(StepStarted("create", NETWORK.replace("network:Network", "service:Service"), new=new))
    try:
        with pytest.raises(EngineError, match=f"port {port}: service {name}"):
            neighbours.refuse()
    finally:
        subprocess.run(["docker", "service", "rm", name], check=True, capture_output=True)
    neighbours.refuse()


def test_the_gate_in_front_of_the_cli_stops_before_the_up(gated: Gated, theirs: str) -> None:
    new = {"inputs": {"name": "net-1234567", "ipamConfigs": [{"subnet": TAKEN}]}}
    step = {"op": "create", "urn": NETWORK, "type": "docker:index/network:Network", "new": new}
    gated.tells(*PLAN, {"resourcePreEvent": {"metadata": step, "planning": True}})
    done = gated.place.run("up", "--yes", "--stack", "dev")
    assert done.returncode == 1
    assert f"network {theirs} of stack other" in done.stderr
    assert [each["words"][0] for each in gated.asked if each["words"][0] in {"preview", "up"}] == ["preview"]
