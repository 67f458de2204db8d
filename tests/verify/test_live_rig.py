"""The checks against a hand-made stack on the real engine: they are silent about what is right, and see what is not."""

# mypy: allow-untyped-calls, allow-untyped-decorators

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from diagram import Service, System
from tests.verify.rig import Rig, image, rig
from verify.convergence import convergence
from verify.credentials import credentials
from verify.matrix import matrix, picture
from verify.opened import Opened
from verify.outside import outside
from verify.report import Report, Row
from verify.running import Target

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """shop -> api (2 tasks) -> ledger, and a loner. The ledger asks for no certificate."""
    ledger = Service(name="ledger", port=8001, image=image())
    api = Service(name="api", port=8000, image=image(), uses=(ledger,), replicas=2)
    shop = Service(name="shop", port=8002, image=image(), uses=(api,))
    loner = Service(name="loner", port=8003, image=image())
    with rig((ledger, api, shop, loner), tmp_path_factory.mktemp("rig")) as made:
        made.answer("api", 8000)
        made.answer("ledger", 8001, asks=False)
        yield made


def faults(rows: Iterator[Row]) -> list[tuple[str, str]]:
    return [(row.subject.split("/")[0], row.claim) for row in rows if not row.ok]


def other_diagram(target: Target, *services: Service) -> Target:
    return replace(target, system=System(name="rig", services=services))


def test_a_stack_that_is_as_its_diagram_says_converges(trio: Rig) -> None:
    assert faults(convergence(trio.target)) == []


def test_a_missing_replica_another_image_and_an_undeclared_service_are_seen(trio: Rig) -> None:
    by_name = trio.target.system.by_name
    ledger = by_name["ledger"].model_copy(update={"replicas": 2})
    shop = by_name["shop"].model_copy(update={"uses": (), "image": "local/other:1"})
    rows = list(convergence(other_diagram(trio.target, ledger, shop, by_name["loner"])))
    assert {row.subject for row in rows if not row.ok} == {"ledger", "shop", "api"}


def test_exactly_the_declared_links_open(trio: Rig) -> None:
    report = Report("matrix", tuple(matrix(trio.target)), 1)
    assert faults(iter(report.rows)) == []
    links = {row.subject.split("/")[0] + row.subject.partition(" ")[2] for row in report.rows if row.claim == "link"}
    assert links == {"api-> ledger", "shop-> api"}
    assert "missing: 0, X extra: 0" in str(picture(report).caption)


def test_a_link_that_nobody_declared_is_extra_and_one_that_is_not_there_is_missing(trio: Rig) -> None:
    names = trio.target.system.by_name
    loner = names["loner"].model_copy(update={"uses": (names["ledger"],)})
    api = names["api"].model_copy(update={"uses": ()})
    shop = names["shop"].model_copy(update={"uses": (api,)})
    found = faults(matrix(other_diagram(trio.target, names["ledger"], api, shop, loner)))
    assert set(found) == {("api", "nothing"), ("ledger", "nothing"), ("loner", "link")}


def test_an_undeclared_port_is_seen(trio: Rig) -> None:
    with_another_port = trio.target.system.by_name["ledger"].model_copy(update={"port": 8009})
    api = trio.target.system.by_name["api"].model_copy(update={"uses": (with_another_port,)})
    found = faults(matrix(other_diagram(trio.target, with_another_port, api)))
    assert ("ledger", "listens only where declared") in found


def test_bad_credentials_are_refused_by_a_callee_that_asks_and_seen_where_it_does_not(
    trio: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {
        name: it.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        for name, it in trio.authorities.items()
    }
    monkeypatch.setattr(Opened, "of", staticmethod(lambda _: Opened(keys)))
    rows = list(credentials(trio.target))
    let_in = {(row.subject, row.claim) for row in rows if not row.ok}
    undeclared = "refuses an undeclared name of its authority"  # the rig's servers know authorities, and no names
    assert {claim for subject, claim in let_in if subject.startswith("api")} == {undeclared}
    assert {claim for subject, claim in let_in if subject.startswith("ledger")} == {
        undeclared,
        "refuses no certificate",
        "refuses a certificate of an unknown authority",
        "refuses an expired certificate",
        "refuses a server's certificate of its authority",
    }


def test_without_the_authoritys_key_an_expired_certificate_is_not_claimed_to_be_refused(trio: Rig) -> None:
    unchecked = {row.claim for row in credentials(trio.target) if row.ok is None}
    assert unchecked == {"refuses an expired certificate"}


def test_there_is_no_way_out_of_an_internal_network(trio: Rig) -> None:
    assert faults(outside(trio.target)) == []


def test_a_way_out_is_seen(tmp_path: Path) -> None:
    with rig((Service(name="open", port=8000, image=image()),), tmp_path, internal=False) as made:
        found = {claim for _, claim in faults(outside(made.target))}
    assert {
        "no default route",
        "no route to the world",
        "no TCP to this machine",
        "hears no UDP from any task",
    } <= found
