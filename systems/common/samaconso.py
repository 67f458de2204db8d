"""What SamaConso's stacks may set, and the constants of its documents."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from diagram import Forward, Host, Job, Mail, Proxy, Retention, Schedule, Secret, Service
from diagram.description import Memory
from diagram.schedule import TimeZone
from settings import Group, Port, Replicas
from settings import Settings as Shared

SCHEMA = Path(__file__).parents[2] / "apps" / "samaconso.sql"
API_KEY, FLOWER = Secret(name="api-secret-key"), Secret(name="flower-password")
FIREBASE = Secret(name="firebase-account", config="firebaseAccount")
SQL_ACCOUNTS = {name: Secret(name=f"{name}-account", config=f"{name}Account") for name in ("sic", "postpaid")}
GOOGLE = ("oauth2.googleapis.com", "fcm.googleapis.com")

FAST, SLOW = ("urgent", "high_priority"), ("normal", "low_priority")
COUNTS = ("-@all", "+ping", "+incrby", "+expire", "+multi", "+exec")
TIMES = {"daily": "0 6 * * *", "weekly": "0 3 * * 0", "monthly": "0 4 1 * *", "health": "5 * * * *"}


class SamaConsoReplicas(Group):
    """How many tasks of each service that can have several; the API is two services, as the documents have it."""

    edge: Replicas = 1
    gateway: Replicas = 1
    celery_worker_2: Replicas = 1
    egress: Replicas = 1


class Outside(Group):
    """Where something of the company's answers."""

    host: Host
    port: Port


class Relay(Outside):
    """The company's mail relay, and between whom alerts are mailed; `authority` signed its certificate, PEM."""

    port: Port = 25
    sender: str
    to: str = "ops@senelec.sn"
    authority: str = ""


class Sizes(Group):
    """Memory limits. Redis gives three quarters of its own to data: 4 GiB of the default."""

    api: Memory = "2G"
    redis: Memory = "5462M"


class Settings(Shared):
    """What SamaConso's stacks may set beside what all may."""

    replicas: SamaConsoReplicas = SamaConsoReplicas()
    memory: Sizes = Sizes()
    sql_servers: Mapping[Literal["sic", "postpaid"], Outside] = {}
    corporate_proxy: Outside | None = None
    mail_relay: Relay | None = None
    three_servers: bool = False
    """Whether each service runs where its server's role is, as the documents have it."""
    time_zone: TimeZone = "UTC"


ROLES = {
    "database": ("postgres", "pgbouncer", "minio", "backup", "postgres-exporter"),
    "api": ("api-1", "api-2", "rabbitmq"),
    "workers": (
        "redis", "celery-worker-1", "celery-worker-2", "flower", "redis-exporter", "jobs", "prometheus", "alertmanager",
    ),
}  # fmt: skip
"""Which of the three servers holds what: the documents' own, and where what else keeps data finds it again."""


def placed(settings: Settings, *services: Service) -> Iterator[Service]:
    """The services, where the stack has three servers each on the machine of its role, and one that watches each."""
    changes: dict[str, dict[str, Any]] = {
        name: {"runs_on": role} for role, names in ROLES.items() for name in names
    } | {"node-exporter": {"replicas": len(ROLES)}}
    for service in services:
        change = changes.get(service.name) if settings.three_servers else None
        yield service.model_copy(update=change) if change else service


def parent(settings: Settings) -> Proxy | None:
    """The company's proxy, where there is one."""
    to = settings.corporate_proxy
    return Proxy(host=to.host, port=to.port) if to else None


def mailed(settings: Settings) -> Mail | None:
    """The company's mail relay behind a fixed forward, where there is one."""
    to = settings.mail_relay
    if not to:
        return None
    by = Forward(name="mail-relay", image=settings.image("front"), port=2525, host=to.host, host_port=to.port)
    return Mail(by=by, sender=to.sender, to=to.to, authority=to.authority)


def kept(zone: TimeZone) -> tuple[Retention, ...]:
    """A backup every night, kept for thirty days."""
    return (Retention(name="daily", schedule=Schedule(cron="0 1 * * *", zone=zone), copies=30, days=30),)


def scheduled(zone: TimeZone) -> tuple[Job, ...]:
    """The documents' jobs at their times; the monthly one runs by itself, and the health check every hour."""
    return tuple(Job(name=name, schedule=Schedule(cron=cron, zone=zone)) for name, cron in TIMES.items())
