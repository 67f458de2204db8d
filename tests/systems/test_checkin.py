"""Check-in has the services, ports, replicas, limits and links that its document asks for."""

import pytest
import yaml
from pydantic import ValidationError

import systems
from components.text import prometheus
from diagram import Cache, Monitor, Service, System
from diagram.__main__ import ROOT, Named, sketch
from settings import SettingsError
from tests.live.checkout import gateway_certificate

LINKS = """
edge: gateway
gateway: frontend backend
frontend: backend
backend: redis
prometheus: alertmanager frontend backend node-exporter redis-exporter nginx-exporter
alertmanager: egress
redis-exporter: redis
nginx-exporter: gateway
"""
VALUES = {"system": "checkin", "environment": "development", "database": "checkin", "certificate": "root"}


def drawn(**values: object) -> System:
    read = systems.read({"mongodb": False, **VALUES, **values}, ROOT / "images.lock.json")
    return systems.drawn(read.model_copy(update={"images": Named(read.images)}))


@pytest.fixture
def system() -> System:
    return sketch("checkin", "checkin")


def test_the_links_are_the_documents_and_no_others(system: System) -> None:
    lines = (line.split(": ") for line in LINKS.split("\n") if line)
    assert {link.name for link in system.links} == {
        f"{caller}-to-{callee}" for caller, callees in lines for callee in callees.split()
    }


def test_the_backend_runs_three_times_and_the_frontend_twice_on_their_ports(system: System) -> None:
    backend, frontend = system.by_name["backend"], system.by_name["frontend"]
    assert (backend.tasks, backend.port) == (3, 3001)
    assert (frontend.tasks, frontend.port) == (2, 3000)


def test_the_backend_is_given_the_stated_requests_and_limits(system: System) -> None:
    backend = system.by_name["backend"]
    assert backend.reserves
    assert (backend.reserves.memory, backend.reserves.cpus) == ("256M", 0.2)
    assert (backend.memory, backend.cpus) == ("512M", 0.5)


def test_the_scale_is_carried_and_the_note_says_what_runs(system: System) -> None:
    scale = system.by_name["backend"].scale
    assert scale
    assert (scale.least, scale.most, scale.cpu, scale.memory, scale.available) == (2, 10, 70, 80, 1)
    assert list(system.notes()) == [
        "backend: 2 to 10 tasks by load (processor 70 %, memory 80 %) are described; Swarm does not scale, so 3 run"
    ]


def test_health_is_asked_at_the_documents_paths(system: System) -> None:
    health = system.by_name["backend"].health
    assert (health.ready, health.alive) == ("/api/v1/health/readiness", "/api/v1/health/liveness")
    assert health.start == 30


def test_check_ins_outlive_a_crash_of_redis_where_there_is_no_mongodb() -> None:
    redis = drawn().by_name["redis"]
    assert isinstance(redis, Cache)
    assert redis.durable


def test_the_backend_may_touch_its_own_keys_only(system: System) -> None:
    (keys,) = (link.keys for link in system.callers(system.by_name["redis"]) if link.caller == "backend")
    assert [rule for rule in keys if rule.startswith("~")] == ["~checkin:*"]
    assert keys[1] == "-@all"


def digest(name: str) -> str:
    return f"registry.example/{name}@sha256:{'0' * 64}"


IMAGES = {name: digest(name) for name in ("mongodb", "mongodb-exporter", "mongo-express", "backend")}


def test_with_mongodb_the_links_are_the_documents_and_redis_is_a_cache() -> None:
    system = drawn(mongodb=True, images=IMAGES)
    more = {link.name for link in system.links} - {link.name for link in drawn().links}
    assert more == {"backend-to-mongodb", "mongodb-exporter-to-mongodb", "prometheus-to-mongodb-exporter"}
    redis = system.by_name["redis"]
    assert isinstance(redis, Cache)
    assert not redis.durable


@pytest.mark.parametrize("image", [None, "mongo:7.0", "mongo@sha256:abc"])
def test_mongodb_without_its_digest_is_one_clear_error(image: str | None) -> None:
    images = {**IMAGES, **({"mongodb": image} if image else {})}
    if not image:
        del images["mongodb"]
    with pytest.raises(SettingsError, match=r"settings\.images\.mongodb: must name MongoDB's official image by digest"):
        drawn(mongodb=True, images=images)


def test_with_mongodb_the_stack_names_its_backend() -> None:
    """The reference application speaks no MongoDB, and must not pass for one that does."""
    read = systems.read({**VALUES, "images": {"mongodb": IMAGES["mongodb"]}}, ROOT / "no.lock.json")
    images = {**read.images, **{name: digest(name) for name in ("egress", "redis", "app", "gateway", "front")}}
    with pytest.raises(SettingsError, match=r"images\.backend: no such image"):
        systems.drawn(read.model_copy(update={"images": images}))


def test_the_administration_page_is_for_operators_of_development_alone() -> None:
    pem = gateway_certificate("operators.example")[0]
    values = {"mongodb": True, "images": IMAGES, "mongo_express": True}
    system = drawn(**values, operators=pem)
    (gateway,) = system.gateways
    assert [(route.path, route.to.port) for route in gateway.routes if route.operators] == [("/mongo-express/", 8081)]
    with pytest.raises(ValidationError, match="operators: /mongo-express/ needs the certificate of their authority"):
        drawn(**values)
    with pytest.raises(SettingsError, match="mongo_express: only development may switch it on"):
        drawn(**values, operators=pem, environment="production", certificate="given")
    with pytest.raises(SettingsError, match="mongo_express: needs mongodb"):
        drawn(mongo_express=True)


def test_metrics_are_collected_and_rules_evaluated_every_15_seconds(system: System) -> None:
    monitor = system.by_name["prometheus"]
    assert isinstance(monitor, Monitor)
    text = prometheus.monitor(monitor, [])
    assert yaml.safe_load(text)["global"] == {"scrape_interval": "15s", "evaluation_interval": "15s"}


def test_alerts_go_to_slack_and_nowhere_else(system: System) -> None:
    assert [link.hosts for link in system.links if link.hosts] == [("hooks.slack.com",)]


def test_nobody_but_the_edge_is_reached_from_outside(system: System) -> None:
    assert [it.name for it in system.services if type(it).__name__ == "Edge"] == ["edge"]
    assert all(isinstance(it, Service) for it in system.services)
