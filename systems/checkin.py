"""Check-in: participants of an event are checked in by a backend behind a web page. Its data is in MongoDB."""

from diagram import (
    Alerting,
    Cache,
    Egress,
    Gateway,
    Health,
    Monitor,
    Receiver,
    Reservation,
    Route,
    Secret,
    Service,
    System,
    between,
)
from settings import Group, Replicas
from settings import Settings as Shared
from systems import common
from systems.common import role

JWT_SECRET = Secret(name="api-secret-key")
CHAT = Receiver(product="slack", secret=Secret(name="slack-webhook", config="slackWebhook"))
STORES = ("-@all", "+ping", "+multi", "+exec", "+sadd", "+zadd", "+zcount", "+zrevrange")
BACKEND = Health(ready="/api/v1/health/readiness", alive="/api/v1/health/liveness", interval=10, start=30)


class CheckinReplicas(Group):
    """How many tasks of each service that can have several."""

    edge: Replicas = 1
    gateway: Replicas = 1
    backend: Replicas = 3
    frontend: Replicas = 2
    egress: Replicas = 1


class Settings(Shared):
    """What Check-in's stacks may set beside what all may."""

    replicas: CheckinReplicas = CheckinReplicas()
    mongodb: bool = True


def system(settings: Settings) -> System:
    """Check-in's diagram with this stack's replicas, images and addresses."""
    image, replicas = settings.image, settings.replicas

    egress = Egress(name="egress", image=image("egress"), replicas=replicas.egress)
    redis = Cache(name="redis", image=image("redis"))
    backend = Service(
        name="backend", image=image("app"), port=3001, command=role("checkin"), replicas=replicas.backend,
        uses=(redis.keys("~checkin:*", *STORES),), secrets=(JWT_SECRET,), env={"LOG_LEVEL": settings.log_level},
        reserves=Reservation(cpus=0.2, memory="256M"), cpus=0.5, memory="512M", health=BACKEND,
        scale=between(2, 10, cpu=70, memory=80),
    )  # fmt: skip
    frontend = Service(
        name="frontend", image=image("app"), port=3000, command=role("checkin_page"), replicas=replicas.frontend,
        uses=(backend,), env={"LOG_LEVEL": settings.log_level}, memory="256M",
    )  # fmt: skip

    gateway = Gateway(
        name="gateway", image=image("gateway"), replicas=replicas.gateway,
        host=settings.host, public_port=settings.ports.https, certificate=settings.certificate,
        routes=(
            Route(path="/api/", to=backend, rate=10, burst=20),
            Route(path="/", to=frontend, rate=10, burst=20),
        ),
    )  # fmt: skip
    edge = common.edge(settings, gateway, replicas.edge)

    alerting = Alerting(
        name="alertmanager", image=image("alertmanager"), receivers=(CHAT,), uses=(egress.to("hooks.slack.com"),)
    )
    monitor = Monitor(name="prometheus", image=image("prometheus"), alerting=alerting, rules=common.rules("checkin"))

    return System(
        name="checkin",
        services=(
            edge, gateway, frontend, backend, redis, egress, monitor, alerting,
            *common.exporters(settings, gateway), common.redis_exporter(settings, redis),
        ),
        addresses=settings.addresses,
        generation=settings.generation,
        keep_data=settings.keep_data,
    )  # fmt: skip
