"""Check-in: participants of an event are checked in by a backend behind a web page. Its data is in MongoDB."""

import re
from typing import ClassVar, Self

from pydantic import model_validator

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
from diagram.documents import BY_DIGEST
from settings import Group, Replicas
from settings import Settings as Shared
from systems import common
from systems.common import mongodb, role

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

    relaxations: ClassVar = ("mongo_express",)

    replicas: CheckinReplicas = CheckinReplicas()
    mongodb: bool = True
    mongo_express: bool = False
    operators: str = ""

    @model_validator(mode="after")
    def mongodb_comes_by_digest(self) -> Self:
        """Its official image is nobody's here to build; without MongoDB its administration page has nothing to show."""
        if self.mongodb and not re.search(BY_DIGEST, self.images.get("mongodb", "")):
            raise ValueError("images.mongodb: must name MongoDB's official image by digest (...@sha256:...)")
        if self.mongo_express and not self.mongodb:
            raise ValueError("mongo_express: needs mongodb")
        return self


def system(settings: Settings) -> System:
    """Check-in's diagram with this stack's replicas, images and addresses."""
    image, replicas = settings.image, settings.replicas

    egress = Egress(name="egress", image=image("egress"), replicas=replicas.egress)
    redis = Cache(name="redis", image=image("redis"), durable=not settings.mongodb)
    stores = (mongodb.store(settings),) if settings.mongodb else ()
    backend = Service(
        name="backend", port=3001, replicas=replicas.backend, env={"LOG_LEVEL": settings.log_level},
        image=image("backend" if stores else "app"), command=() if stores else role("checkin"), secrets=(JWT_SECRET,),
        uses=(redis.keys("~checkin:*", *STORES), *(store.grants("readWrite") for store in stores)),
        reserves=Reservation(cpus=0.2, memory="256M"), cpus=0.5, memory="512M", health=BACKEND,
        scale=between(2, 10, cpu=70, memory=80),
    )  # fmt: skip
    frontend = Service(
        name="frontend", image=image("app"), port=3000, command=role("checkin_page"), replicas=replicas.frontend,
        uses=(backend,), env={"LOG_LEVEL": settings.log_level}, memory="256M",
    )  # fmt: skip

    pages = tuple(mongodb.express(settings, store) for store in stores if settings.mongo_express)
    gateway = Gateway(
        name="gateway", image=image("gateway"), replicas=replicas.gateway,
        host=settings.host, public_port=settings.ports.https, certificate=settings.certificate,
        operators=settings.operators,
        routes=(
            *pages,
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
            edge, gateway, frontend, backend, *stores, redis, egress, monitor, alerting,
            *(page.to for page in pages), *(mongodb.exporter(settings, store) for store in stores),
            *common.exporters(settings, gateway), common.redis_exporter(settings, redis),
        ),
        addresses=settings.addresses,
        generation=settings.generation,
        keep_data=settings.keep_data,
    )  # fmt: skip
