"""What follows from a link to a pooler: at the pooler, and in the database behind it."""

import base64
from typing import Any

import pytest

from components import Platform
from diagram import Database, Exporter, Generation, Pooler, Service, System
from tests.components.recorder import Recorder, record

IMAGE = "rempart/any:sha256-" + "0" * 64


def shop(**changes: Any) -> System:
    database = Database(name="db", image=IMAGE, database="shop")
    pooler = Pooler(name="pooler", image=IMAGE, of=database)
    api = Service(name="api", image=IMAGE, port=8000, uses=(pooler.role("pg_monitor"),))
    figures = Exporter(name="figures", image=IMAGE, port=9127, uses=(pooler,))
    return System(name="shop", services=(database, pooler, api, figures), **changes)


@pytest.fixture(scope="module")
def deployed() -> Recorder:
    return record(lambda: Platform("shop", shop(generation=Generation(current=2, previous=1))))


def text_of(deployed: Recorder, name: str, kind: str = "docker:ServiceConfig") -> str:
    data = deployed.of(kind)[f"shop-{name}"]["data"]
    return base64.b64decode(data["value"] if isinstance(data, dict) else data).decode()


def environment(deployed: Recorder, service: str) -> dict[str, str]:
    env: dict[str, str] = deployed.of("docker:Service")[f"shop-{service}-service"]["taskSpec"]["containerSpec"]["env"]
    return env


def test_a_caller_is_led_to_the_database_by_the_pooler(deployed: Recorder) -> None:
    assert environment(deployed, "api")["POOLER_URL"].startswith("postgresql://api_g2@pooler:6432/shop?sslmode=verify-")
    assert environment(deployed, "figures")["POOLER_URL"].startswith("postgresql://figures_g2@pooler:6432/pgbouncer?")


def test_a_callers_role_and_rights_are_made_in_the_database(deployed: Recorder) -> None:
    roles = text_of(deployed, "db-keeper-roles", "docker:Secret")
    assert 'GRANT "pg_monitor" TO "api";\nGRANT "pooler_clients" TO "api";' in roles
    assert "NOT IN ('api_g1', 'api_g2', 'pooler_g1', 'pooler_g2')" in roles
    assert "figures" not in roles


def test_each_generation_of_a_caller_is_admitted_from_its_own_network(deployed: Recorder) -> None:
    subnets = shop().subnets
    assert text_of(deployed, "pooler-config-callers").splitlines() == [
        f"shop api_g1 {subnets['api-to-pooler']}",
        f"shop api_g2 {subnets['api-to-pooler']}",
        f"pgbouncer figures_g1 {subnets['figures-to-pooler']}",
        f"pgbouncer figures_g2 {subnets['figures-to-pooler']}",
    ]


def test_the_pooler_holds_its_own_password_and_no_callers(deployed: Recorder) -> None:
    held = [line.split()[0] for line in text_of(deployed, "pooler-users", "docker:Secret").splitlines()]
    assert held == ['"figures_g1"', '"figures_g2"', '"pooler_g2"']
    assert "password" not in text_of(deployed, "pooler-config-pgbouncer-ini")


def test_a_caller_reaches_a_database_in_one_way() -> None:
    database = Database(name="db", image=IMAGE, database="shop")
    pooler = Pooler(name="pooler", image=IMAGE, of=database)
    api = Service(name="api", image=IMAGE, uses=(pooler, database))
    with pytest.raises(ValueError, match=r"api.uses: leads to db by db and by pooler"):
        System(name="shop", services=(database, pooler, api))


def test_a_pool_fits_into_its_database() -> None:
    database = Database(name="db", image=IMAGE, database="shop", connections=100)
    with pytest.raises(ValueError, match=r"pooler.pool: 100 is above the 80 connections that db has"):
        Pooler(name="pooler", image=IMAGE, of=database)
