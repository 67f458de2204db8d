"""What several systems share: how a role of the application runs, who watches, and by which rules."""

from pathlib import Path

from diagram import Cache, Database, Edge, Exporter, Gateway, Health, Pooler
from settings import Settings

RULES = Path(__file__).parents[2] / "observability" / "rules"


def role(name: str) -> tuple[str, ...]:
    """The command that runs a role of the application."""
    return ("python3", "-m", f"apps.{name}")


def rules(*own: str) -> dict[str, str]:
    """The alert and recording rules that every system has, and its `own`, by file name."""
    names = ("certificates", "data", "monitoring", "node", "services", *own)
    return {f"{name}.yml": (RULES / f"{name}.yml").read_text() for name in sorted(names)}


def edge(settings: Settings, gateway: Gateway, replicas: int) -> Edge:
    """What publishes the stack's ports, and hands what comes there to the gateway."""
    http, https = settings.ports.http, settings.ports.https
    return Edge(name="edge", image=settings.image("front"), gateway=gateway, replicas=replicas, http=http, https=https)


def redis_exporter(settings: Settings, redis: Cache) -> Exporter:
    """That of a cache, which may look at its state and at no key."""
    looks = redis.keys("-@all", "+ping", "+info", "+config|get", "+latency", "+slowlog", "+client|list")
    health = Health(ready="/metrics", alive="/")
    return Exporter(
        name="redis-exporter", port=9121, image=settings.image("redis-exporter"), uses=(looks,), health=health
    )


def pooler_exporter(settings: Settings, pooler: Pooler) -> Exporter:
    """That of a pooler, which reads its figures and reaches no database."""
    health = Health(ready="/metrics", alive="/")
    image = settings.image("pgbouncer-exporter")
    return Exporter(name="pooler-exporter", port=9127, image=image, uses=(pooler,), health=health)


def exporters(settings: Settings, gateway: Gateway, *databases: Database) -> tuple[Exporter, ...]:
    """Those of the machine, of a gateway, and of the database where there is one."""
    image = settings.image
    return (
        Exporter(
            name="node-exporter", port=9100, image=image("node-exporter"), health=Health(ready="/", alive="/"),
            certificates=True,
        ),
        *(
            Exporter(
                name="postgres-exporter", port=9187, image=image("postgres-exporter"),
                uses=(database.role("pg_monitor"),), health=Health(ready="/metrics", alive="/"),
            )
            for database in databases
        ),
        Exporter(
            name="nginx-exporter", port=9113, image=image("nginx-exporter"), uses=(gateway,),
            health=Health(ready="/metrics", alive="/"),
        ),
    )  # fmt: skip
