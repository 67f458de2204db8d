"""SamaConso: consumption look-ups and notifications of an electricity company's customers."""

from typing import Any

from diagram import (
    Alerting,
    Backup,
    Balancer,
    Cache,
    Database,
    Egress,
    Forward,
    Gateway,
    Health,
    Jobs,
    Monitor,
    ObjectStore,
    Pooler,
    Queue,
    Route,
    Service,
    System,
    Workers,
)
from systems import common
from systems.common import role
from systems.common.samaconso import (
    API_KEY,
    COUNTS,
    FAST,
    FIREBASE,
    FLOWER,
    GOOGLE,
    SCHEMA,
    SLOW,
    SQL_ACCOUNTS,
    Settings,
    kept,
    mailed,
    parent,
    placed,
    scheduled,
)

__all__ = ["Settings", "system"]


def system(settings: Settings) -> System:
    """SamaConso's diagram with this stack's replicas, images and addresses."""
    image, replicas, memory = settings.image, settings.replicas, settings.memory
    app: dict[str, Any] = {"image": image("app"), "memory": "256M", "env": {"LOG_LEVEL": settings.log_level}}

    egress = Egress(name="egress", image=image("egress"), replicas=replicas.egress, parent=parent(settings))
    postgres = Database(
        name="postgres", image=image("postgres"), database=settings.database, schema_sql=SCHEMA.read_text()
    )
    pgbouncer = Pooler(name="pgbouncer", image=image("pgbouncer"), of=postgres)
    redis = Cache(name="redis", image=image("redis"), durable=False, memory=memory.redis)
    minio = ObjectStore(name="minio", image=image("minio"), bucket="samaconso")
    rabbitmq = Queue(name="rabbitmq", image=image("rabbitmq"), virtual_host="samaconso", queues=FAST + SLOW)
    sql_servers = tuple(
        Forward(name=name, image=image("front"), port=14330 + number, host=to.host, host_port=to.port)
        for number, (name, to) in enumerate(sorted(settings.sql_servers.items()))
    )

    api: dict[str, Any] = app | {
        "command": role("samaconso"), "memory": memory.api,
        "uses": (
            pgbouncer, redis.keys("~api:*", *COUNTS), rabbitmq.to(sends=FAST + SLOW), minio.prefix("uploads/"),
            *sql_servers,
        ),
        "secrets": (API_KEY, *(SQL_ACCOUNTS[it.name] for it in sql_servers)),
    }  # fmt: skip
    api_1, api_2 = Service(name="api-1", port=8001, **api), Service(name="api-2", port=8002, **api)
    balancer = Balancer(name="balancer", image=image("front"), port=8000, members=(api_1, api_2))
    workers = tuple(
        Workers(
            name=f"celery-worker-{number}", port=8010 + number, replicas=count,
            uses=(pgbouncer, rabbitmq.to(takes=queues), egress.to(*GOOGLE)), secrets=(FIREBASE,),
            **app | {"command": role("notifier"), "env": app["env"] | {"QUEUES": ",".join(queues)}},
        )
        for number, queues, count in ((1, FAST, 1), (2, SLOW, replicas.celery_worker_2))
    )  # fmt: skip
    flower = Service(
        name="flower", port=5555, uses=(rabbitmq.watched(),), secrets=(FLOWER,),
        health=Health(ready="/healthcheck", alive="/healthcheck"),
        **app | {"image": image("flower"), "command": role("overview")},
    )  # fmt: skip
    jobs = Jobs(
        name="jobs", jobs=scheduled(settings.time_zone),
        uses=(pgbouncer.role("pg_monitor"), redis.keys("-@all", "+ping", "+info"), rabbitmq, flower, api_1, api_2),
        secrets=(FLOWER,), **app | {"command": role("jobs")},
    )  # fmt: skip

    backup = Backup(name="backup", image=image("backup"), of=postgres, keeps=kept(settings.time_zone))

    gateway = Gateway(
        name="gateway", image=image("gateway"), replicas=replicas.gateway,
        host=settings.host, public_port=settings.ports.https, certificate=settings.certificate,
        routes=(Route(path="/api/", to=balancer, rate=10, burst=20),),
    )  # fmt: skip
    mail = mailed(settings)
    alerting = Alerting(name="alertmanager", image=image("alertmanager"), mail=mail)
    rules = common.rules("backup", "jobs", "objects", "pooler", "queue", "samaconso")

    return System(
        name="samaconso",
        services=tuple(placed(
            settings,
            common.edge(settings, gateway, replicas.edge), gateway, balancer, api_1, api_2, *workers, flower, jobs,
            backup, pgbouncer, postgres, minio, redis, rabbitmq, *sql_servers, *([mail.by] if mail else []), egress,
            Monitor(name="prometheus", image=image("prometheus"), alerting=alerting, rules=rules), alerting,
            *common.exporters(settings, gateway, postgres), common.redis_exporter(settings, redis),
            common.pooler_exporter(settings, pgbouncer),
        )),
        addresses=settings.addresses,
        generation=settings.generation,
        keep_data=settings.keep_data,
    )  # fmt: skip
