"""What several systems share: how a role of the application runs, who watches, and by which rules."""

from pathlib import Path

from diagram import Database, Edge, Exporter, Gateway, Health
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


def exporters(settings: Settings, postgres: Database, gateway: Gateway) -> tuple[Exporter, ...]:
    """Those of the machine, of a database and of a gateway."""
    image = settings.image
    return (
        Exporter(
            name="node-exporter", port=9100, image=image("node-exporter"), health=Health(ready="/", alive="/"),
            certificates=True,
        ),
        Exporter(
            name="postgres-exporter", port=9187, image=image("postgres-exporter"), uses=(postgres.role("pg_monitor"),),
            health=Health(ready="/metrics", alive="/"),
        ),
        Exporter(
            name="nginx-exporter", port=9113, image=image("nginx-exporter"), uses=(gateway,),
            health=Health(ready="/metrics", alive="/"),
        ),
    )  # fmt: skip
