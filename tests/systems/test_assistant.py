"""The assistant has the services, ports, replicas and links that its documents ask for."""

import re
from pathlib import Path

import pytest

from diagram import Cache, Database, Edge, Egress, Gateway, System, Zone
from diagram.__main__ import sketch

ROOT = Path(__file__).parent.parent.parent

LINKS = """
edge: gateway
gateway: api agent oauth-manager sms-router
api: postgres redis agent oauth-manager
agent: postgres redis egress
oauth-manager: postgres redis egress
sms-router: postgres agent
worker: postgres redis egress
beat: redis
prometheus: alertmanager api agent oauth-manager sms-router worker beat
prometheus: node-exporter postgres-exporter redis-exporter nginx-exporter
alertmanager: egress
postgres-exporter: postgres
redis-exporter: redis
nginx-exporter: gateway
"""
PORTS = {
    "api": 8000, "agent": 8001, "oauth-manager": 8002, "sms-router": 8003, "worker": 8004, "beat": 8005,
    "postgres": 5432, "redis": 6379, "prometheus": 9090, "alertmanager": 9093,
}  # fmt: skip


@pytest.fixture(params=["dev", "stage", "prod"])
def system(request: pytest.FixtureRequest) -> System:
    return sketch("assistant", request.param)


@pytest.fixture
def production() -> System:
    return sketch("assistant", "prod")


def test_the_links_are_the_documents_and_no_others(system: System) -> None:
    lines = (line.split(": ") for line in LINKS.split("\n") if line)
    assert {link.name for link in system.links} == {
        f"{caller}-to-{callee}" for caller, callees in lines for callee in callees.split()
    }


def test_the_ports_are_the_documents(system: System) -> None:
    assert {name: system.by_name[name].port for name in PORTS} == PORTS


def test_production_has_the_replicas_that_the_documents_state(production: System) -> None:
    stated = {"api": 2, "agent": 2, "oauth-manager": 2, "worker": 3, "postgres": 1, "redis": 1}
    assert {name: production.by_name[name].replicas for name in stated} == stated


def test_the_rate_limits_are_those_of_the_proxy_sample(system: System) -> None:
    (gateway,) = system.gateways
    assert {route.path: (route.to.name, route.rate, route.burst) for route in gateway.routes} == {
        "/api/": ("api", 10, 20),
        "/agent/": ("agent", 5, 10),
        "/oauth/": ("oauth-manager", 2, 10),
        "/webhook/sms": ("sms-router", 10, 20),
    }


def test_each_zone_holds_its_services(system: System) -> None:
    zones = {zone: {s.name for s in system.services if s.zone is zone} for zone in Zone}
    assert zones[Zone.dmz] == {"edge", "gateway", "egress"}
    assert zones[Zone.data] == {"postgres", "redis"}
    assert zones[Zone.applications] == {"api", "agent", "oauth-manager", "sms-router", "worker", "beat"}


def test_only_the_edge_and_the_egress_have_a_way_out(system: System) -> None:
    assert {name for name in system.networks if name.endswith("-way-out")} == {"edge-way-out", "egress-way-out"}
    assert isinstance(system.by_name["edge"], Edge)
    assert isinstance(system.by_name["egress"], Egress)


def test_every_caller_outside_names_its_hosts_and_no_other_reaches_them(system: System) -> None:
    hosts = {link.caller: set(link.hosts) for link in system.callers(system.by_name["egress"])}
    assert hosts.keys() == {"agent", "oauth-manager", "worker", "alertmanager"}
    assert hosts["agent"] == {"generativelanguage.googleapis.com"}
    assert "api.twilio.com" in hosts["worker"]
    assert not hosts["worker"] & hosts["alertmanager"]


def test_acknowledged_data_lives_on_disk(system: System) -> None:
    redis, postgres = system.by_name["redis"], system.by_name["postgres"]
    assert isinstance(redis, Cache)
    assert redis.durable
    assert isinstance(postgres, Database)
    assert {redis.volume, postgres.volume} == {"/data", "/var/lib/postgresql/data"}


def test_each_database_is_named_for_its_environment() -> None:
    names = [sketch("assistant", stack).by_name["postgres"] for stack in ("dev", "stage", "prod")]
    assert [postgres.database for postgres in names if isinstance(postgres, Database)] == [
        "personal_assistant_dev", "personal_assistant_stage", "personal_assistant_prod",
    ]  # fmt: skip


def test_a_cache_user_touches_only_keys_of_its_own_or_the_queue(system: System) -> None:
    rules = {link.caller: link.keys for link in system.callers(system.by_name["redis"])}
    keys = {caller: {rule for rule in found if rule[0] in "~&"} for caller, found in rules.items()}
    assert keys == {
        "api": {"~api:*"}, "oauth-manager": {"~oauth:*"}, "agent": {"~agent:*", "~queue:*"},
        "worker": {"~queue:*"}, "beat": {"~queue:*"}, "redis-exporter": set(),
    }  # fmt: skip
    assert all("-@all" in found for found in rules.values())
    assert [caller for caller, found in rules.items() if "+brpop" in found] == ["worker"]


def test_third_parties_secrets_are_all_declared_in_the_project(system: System) -> None:
    project = (ROOT / "Pulumi.yaml").read_text()
    for key in system.third_party_keys:
        assert re.search(rf"^  {key}: {{secret: true, default: \"\"", project, re.MULTILINE), key


def test_the_gateways_certificate_is_given_except_in_dev() -> None:
    kinds = [sketch("assistant", stack).gateways[0].certificate for stack in ("dev", "stage", "prod")]
    assert kinds == ["root", "given", "given"]


def test_nobody_shares_a_secret_that_it_does_not_need(system: System) -> None:
    readers: dict[str, set[str]] = {}
    for service in system.services:
        for secret in service.secrets:
            readers.setdefault(secret.name, set()).add(service.name)
    assert readers["gemini-api-key"] == {"agent"}
    assert readers["oauth-encryption-key"] == {"oauth-manager"}
    assert readers["google-client-secret"] == {"oauth-manager"}
    assert not any(isinstance(system.by_name[name], Gateway | Edge) for names in readers.values() for name in names)


def test_live_reload_is_off_in_every_committed_stack(system: System) -> None:
    assert not any(service.sources for service in system.services)
