"""Recyclic: an application behind nginx, its database, and the backups that are the point of it."""

from pathlib import Path

from diagram import (
    Alerting,
    Backup,
    Database,
    Egress,
    Forward,
    Gateway,
    Host,
    Monitor,
    Retention,
    Route,
    Schedule,
    Secret,
    Service,
    System,
)
from diagram.schedule import TimeZone
from settings import Group, Port, Replicas
from settings import Settings as Shared
from systems import common
from systems.common import role

SCHEMA = Path(__file__).parent.parent / "apps" / "recyclic.sql"
API_KEY = Secret(name="api-secret-key")
TELEGRAM = Secret(name="telegram-token", config="telegramToken")
MAIL_PASSWORD = Secret(name="mail-password", config="mailPassword")


class RecyclicReplicas(Group):
    """How many tasks of each service that can have several."""

    edge: Replicas = 1
    gateway: Replicas = 1
    app: Replicas = 1
    egress: Replicas = 1


class Mail(Group):
    """Where e-mail goes out: a server that speaks TLS from the first byte, the sender's account, and who reads it."""

    host: Host
    port: Port = 465
    sender: str
    to: str


class Settings(Shared):
    """What Recyclic's stacks may set beside what all may."""

    replicas: RecyclicReplicas = RecyclicReplicas()
    bot: bool = False
    time_zone: TimeZone = "UTC"
    telegram_chat: str = ""
    mail: Mail | None = None


def system(settings: Settings) -> System:
    """Recyclic's diagram with this stack's replicas, images and addresses."""
    image, replicas = settings.image, settings.replicas

    egress = Egress(name="egress", image=image("egress"), replicas=replicas.egress)
    postgres = Database(
        name="postgres", image=image("postgres"), database=settings.database, schema_sql=SCHEMA.read_text()
    )
    app = Service(
        name="app", image=image("app"), port=8010, command=role("recyclic"), replicas=replicas.app, memory="256M",
        uses=(postgres,), secrets=(API_KEY,), env={"LOG_LEVEL": settings.log_level},
    )  # fmt: skip
    bot = (Service(name="bot", image=image("bot"), port=8011, uses=(app,)),) if settings.bot else ()

    to = settings.mail
    mail = (Forward(name="mail", image=image("front"), port=4650, host=to.host, host_port=to.port),) if to else ()
    backup = Backup(
        name="backup", image=image("backup"), of=postgres, keeps=retentions(settings.time_zone),
        uses=(egress.to("api.telegram.org"), *mail),
        secrets=(TELEGRAM, MAIL_PASSWORD), env=recipients(settings),
    )  # fmt: skip

    gateway = Gateway(
        name="gateway", image=image("gateway"), replicas=replicas.gateway,
        host=settings.host, public_port=settings.ports.https, certificate=settings.certificate,
        routes=(Route(path="/api/", to=app, rate=10, burst=20),),
    )  # fmt: skip
    edge = common.edge(settings, gateway, replicas.edge)

    alerting = Alerting(name="alertmanager", image=image("alertmanager"))
    monitor = Monitor(name="prometheus", image=image("prometheus"), alerting=alerting, rules=common.rules("backup"))

    return System(
        name="recyclic",
        services=(
            edge, gateway, app, *bot, *mail, postgres, backup, egress,
            monitor, alerting, *common.exporters(settings, gateway, postgres),
        ),
        addresses=settings.addresses,
        generation=settings.generation,
        keep_data=settings.keep_data,
    )  # fmt: skip


def retentions(zone: TimeZone) -> tuple[Retention, ...]:
    """The classes of the documents, and one every half hour: an hour's data may be lost at most."""
    return (
        Retention(name="recent", schedule=Schedule(cron="*/30 * * * *", zone=zone), copies=48, days=2),
        Retention(name="daily", schedule=Schedule(cron="0 2 * * *", zone=zone), copies=7, days=7),
        Retention(name="weekly", schedule=Schedule(cron="0 2 * * 0", zone=zone), copies=4, days=28),
        Retention(name="monthly", schedule=Schedule(cron="0 2 1 * *", zone=zone), copies=12, days=365),
    )


def recipients(settings: Settings) -> dict[str, str]:
    """Whom the backup tells; nobody unless the stack says."""
    chat = {"TELEGRAM_CHAT": settings.telegram_chat} if settings.telegram_chat else {}
    mail = settings.mail
    return chat | ({"MAIL_HOST": mail.host, "MAIL_FROM": mail.sender, "MAIL_TO": mail.to} if mail else {})
