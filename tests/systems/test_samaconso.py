"""SamaConso has the services, ports, queues, links and schedules that its document asks for."""

import pytest

import systems
from diagram import Alerting, Backup, Cache, Jobs, Queue, System
from diagram.__main__ import ROOT, Named, sketch
from diagram.description import in_bytes

LINKS = """
edge: gateway
gateway: balancer
balancer: api-1 api-2
api-1: pgbouncer redis rabbitmq minio
api-2: pgbouncer redis rabbitmq minio
celery-worker-1: pgbouncer rabbitmq egress
celery-worker-2: pgbouncer rabbitmq egress
flower: rabbitmq
jobs: pgbouncer redis rabbitmq flower api-1 api-2
prometheus: alertmanager backup balancer api-1 api-2 celery-worker-1 celery-worker-2 flower jobs rabbitmq minio
prometheus: node-exporter postgres-exporter nginx-exporter redis-exporter pooler-exporter
pooler-exporter: pgbouncer
pgbouncer: postgres
backup: postgres
postgres-exporter: postgres
nginx-exporter: gateway
redis-exporter: redis
"""
VALUES = {"system": "samaconso", "environment": "development", "database": "samaconso", "certificate": "root"}


def drawn(**values: object) -> System:
    read = systems.read({**VALUES, **values}, ROOT / "images.lock.json")
    return systems.drawn(read.model_copy(update={"images": Named()}))


@pytest.fixture
def system() -> System:
    return sketch("samaconso")


def test_the_links_are_the_documents_and_no_others(system: System) -> None:
    lines = (line.split(": ") for line in LINKS.split("\n") if line)
    assert {link.name for link in system.links} == {
        f"{caller}-to-{callee}" for caller, callees in lines for callee in callees.split()
    }


def test_ports_are_the_documents(system: System) -> None:
    wanted = {"api-1": 8001, "api-2": 8002, "flower": 5555, "postgres": 5432, "pgbouncer": 6432, "redis": 6379}
    assert {name: system.by_name[name].port for name in wanted} == wanted


def test_each_worker_takes_its_two_queues_and_sends_nothing(system: System) -> None:
    broker = system.by_name["rabbitmq"]
    assert isinstance(broker, Queue)
    assert broker.queues == ("urgent", "high_priority", "normal", "low_priority")
    rights = {link.caller: (link.sends, link.takes, link.watches) for link in system.callers(broker)}
    assert rights == {
        "api-1": (broker.queues, (), False),
        "api-2": (broker.queues, (), False),
        "celery-worker-1": ((), ("urgent", "high_priority"), False),
        "celery-worker-2": ((), ("normal", "low_priority"), False),
        "flower": ((), (), True),
        "jobs": ((), (), False),
        "prometheus": ((), (), False),
    }


def test_who_was_granted_nothing_at_the_broker_reads_its_figures(system: System) -> None:
    ports = {link.caller: link.port for link in system.callers(system.by_name["rabbitmq"])}
    assert {caller for caller, port in ports.items() if port == Queue.figures_port} == {"jobs", "prometheus"}


def test_google_is_reached_by_the_workers_only(system: System) -> None:
    hosts = {link.caller: link.hosts for link in system.callers(system.by_name["egress"])}
    assert set(hosts) == {"celery-worker-1", "celery-worker-2"}
    assert set().union(*hosts.values()) == {"oauth2.googleapis.com", "fcm.googleapis.com"}


def test_only_the_workers_hold_the_firebase_account(system: System) -> None:
    holders = {it.name for it in system.services if "firebase-account" in {secret.name for secret in it.held()}}
    assert holders == {"celery-worker-1", "celery-worker-2"}


def test_jobs_run_at_the_documents_times(system: System) -> None:
    jobs = system.by_name["jobs"]
    assert isinstance(jobs, Jobs)
    times = {job.name: job.schedule.cron for job in jobs.jobs}
    assert times == {"daily": "0 6 * * *", "weekly": "0 3 * * 0", "monthly": "0 4 1 * *", "health": "5 * * * *"}


def test_a_backup_is_taken_every_night_and_kept_for_thirty_days(system: System) -> None:
    backup = system.by_name["backup"]
    assert isinstance(backup, Backup)
    assert [(it.name, it.schedule.cron, it.copies, it.days) for it in backup.keeps] == [("daily", "0 1 * * *", 30, 30)]


def test_jobs_only_look(system: System) -> None:
    """At the cache they may ask for figures, at the database read its statistics."""
    rights = {link.callee: (link.keys, link.roles) for link in system.callees(system.by_name["jobs"])}
    assert rights["redis"] == (("-@all", "+ping", "+info"), ())
    assert rights["pgbouncer"] == ((), ("pg_monitor",))


def test_redis_evicts_and_has_four_gibibytes_unless_the_stack_says() -> None:
    redis = drawn().by_name["redis"]
    assert isinstance(redis, Cache)
    assert not redis.durable
    assert in_bytes(redis.memory) * 3 // 4 // 1024**3 == 4


def test_sql_servers_are_fixed_forwards_for_the_api() -> None:
    system = drawn(sql_servers={name: {"host": f"{name}.example", "port": 1433} for name in ("sic", "postpaid")})
    assert {link.name for link in system.links if link.protocol == "tcp"} == {
        f"api-{number}-to-{server}" for number in (1, 2) for server in ("sic", "postpaid")
    }
    assert {secret.name for secret in system.by_name["api-1"].held()} == {
        "api-secret-key", "sic-account", "postpaid-account",
    }  # fmt: skip


def test_alerts_are_mailed_by_a_fixed_forward_that_alertmanager_alone_may_use() -> None:
    system = drawn(mail_relay={"host": "mail.example", "sender": "alerts@mail.example"})
    assert [link.name for link in system.callers(system.by_name["mail-relay"])] == ["alertmanager-to-mail-relay"]
    forward = system.by_name["mail-relay"].model_dump()
    assert (forward["host"], forward["host_port"]) == ("mail.example", 25)
    alerting = system.by_name["alertmanager"]
    assert isinstance(alerting, Alerting)
    assert alerting.mail
    assert alerting.mail.to == "ops@senelec.sn"


def test_the_ordinary_worker_is_scaled_by_the_stack() -> None:
    assert drawn(replicas={"celery_worker_2": 2}).by_name["celery-worker-2"].replicas == 2


def test_on_three_servers_each_service_is_where_the_document_has_it() -> None:
    held: dict[str | None, set[str]] = {}
    system = drawn(three_servers=True)
    for service in system.services:
        held.setdefault(service.runs_on, set()).add(service.name)
    assert held["database"] == {"postgres", "pgbouncer", "minio", "backup", "postgres-exporter"}
    assert held["api"] == {"api-1", "api-2", "rabbitmq"}
    assert held["workers"] >= {"redis", "celery-worker-1", "celery-worker-2", "flower", "redis-exporter"}
    assert system.by_name["node-exporter"].replicas == 3
    assert not any(system.by_name[name].volume for name in held[None])
    assert {service.runs_on for service in drawn().services} == {None}


def test_the_way_to_google_leads_through_the_companys_proxy() -> None:
    egress = drawn(corporate_proxy={"host": "10.101.201.204", "port": 8080}).by_name["egress"].model_dump()
    assert egress["parent"] == {"host": "10.101.201.204", "port": 8080}
