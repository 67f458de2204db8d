"""The kinds that no shipped stack of ours had to begin with, held against every rule in one small system."""

import pulumi
import pytest

from components import Platform
from diagram import (
    Balancer,
    Database,
    Edge,
    Egress,
    Exporter,
    Gateway,
    Monitor,
    ObjectStore,
    Pooler,
    Proxy,
    Route,
    Service,
    System,
)
from policies.rules.kit.resource import Resource
from policies.rules.kit.rule import SERVICE
from tests.policies.recorder import record
from tests.policies.test_program import findings

IMAGE = "rempart/{}:sha256-" + "0" * 64
WATCHED = ("services-are-scraped", "services-have-an-alert")
"""What exporters and alert rules are for, which a whole system has."""


def files() -> System:
    database = Database(name="db", image=IMAGE.format("postgres"), database="files", runs_on="database")
    pooler = Pooler(name="pooler", image=IMAGE.format("pgbouncer"), of=database, runs_on="database")
    store = ObjectStore(name="store", image=IMAGE.format("minio"), bucket="uploads", runs_on="database")
    egress = Egress(name="egress", image=IMAGE.format("egress"), parent=Proxy(host="proxy.example", port=8080))
    uses = (pooler, store.prefix("invoices/"), egress.to("oauth2.googleapis.com"))
    one, two = (
        Service(name=f"api-{number}", image=IMAGE.format("app"), port=8000 + number, uses=uses) for number in (1, 2)
    )
    balancer = Balancer(name="balancer", image=IMAGE.format("front"), port=8000, members=(one, two))
    routes = (Route(path="/api/", to=balancer, rate=5, burst=5),)
    gateway = Gateway(name="gateway", image=IMAGE.format("gateway"), routes=routes)
    edge = Edge(name="edge", image=IMAGE.format("front"), gateway=gateway)
    figures = Exporter(name="figures", image=IMAGE.format("pgbouncer-exporter"), port=9127, uses=(pooler,))
    monitor = Monitor(name="monitor", image=IMAGE.format("prometheus"))
    services = (edge, gateway, balancer, one, two, pooler, database, store, egress, figures, monitor)
    return System(name="files", services=services)


@pytest.fixture(scope="module")
def resources() -> list[Resource]:
    return record(lambda: pulumi.export("url", Platform("files", files()).url), "dev", project="rempart")


def test_poolers_stores_balancers_parents_and_roles_keep_every_rule(resources: list[Resource]) -> None:
    assert len([resource for resource in resources if resource.type == SERVICE]) > 10
    stopped = [(f.rule.id, f.urn.rpartition("::")[2], f.problem) for f in findings(resources) if f.stops]
    assert [problem for problem in stopped if problem[0] not in WATCHED] == []
    assert not [problem for problem in stopped if problem[0] == "services-are-scraped" and "balancer" in problem[1]]
