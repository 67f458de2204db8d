"""SamaConso on a swarm of three nodes: each service on its server, and its links across them."""

# mypy: allow-untyped-calls

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from systems.common.samaconso import ROLES
from tests.live.checkout import Checkout
from tests.live.three import Node, Spread, three_nodes
from verify import public
from verify.convergence import convergence
from verify.expected import expected
from verify.matrix import matrix
from verify.transaction import transaction

pytestmark = [pytest.mark.live, pytest.mark.alone, pytest.mark.timeout(5400)]

STACK = "three"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Node]]:
    """A node for each of the document's servers."""
    with three_nodes(tmp_path_factory.mktemp("nodes"), tuple(ROLES)) as nodes:
        yield nodes


def test_each_service_is_on_its_server_and_every_link_holds_across_them(
    nodes: list[Node], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", nodes[0].host)
    checkout = Checkout.at(tmp_path)
    checkout.stack(STACK, like="samaconso", three_servers=True, subnets={"pool": "10.32.0.0/12", "nodes": len(nodes)})
    checkout.must("up", "--yes", "--stack", STACK, timeout=1800)
    assert set(checkout.preview(STACK)["changeSummary"]) == {"same"}

    target = Spread(tmp_path, STACK, *expected(tmp_path, STACK), nodes[0].engine, tuple(nodes))
    for node, placed in zip(nodes, ROLES.values(), strict=True):
        assert {name: target.node(name).number for name in placed} == dict.fromkeys(placed, node.number)
    assert {target.where[task.container].number for task in target.of("node-exporter")} == {1, 2, 3}
    across = [link for link in target.system.links if len(ends(target, link.caller, link.callee)) > 1]
    assert len(across) > len(target.system.links) / 3
    assert [row for row in (*convergence(target), *matrix(target)) if not row.ok] == []

    monkeypatch.setattr(public, "HERE", target.node("edge").address)
    where_the_api_is = replace(target, engine=target.node("api-1").engine)
    assert [row for row in transaction(where_the_api_is) if not row.ok] == []

    checkout.must("destroy", "--yes", "--stack", STACK)
    end = time.monotonic() + 30  # a node removes the container of a task that is gone in its own time
    while (left := [node.docker("ps", "-aq") for node in nodes]) != ["", "", ""] and time.monotonic() < end:
        time.sleep(1)
    assert left == ["", "", ""]


def ends(target: Spread, *services: str) -> set[int]:
    """The nodes on which these services have tasks."""
    return {target.where[task.container].number for service in services for task in target.of(service)}
