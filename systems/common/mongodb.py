"""What comes with MongoDB. It was planned and never run here; its images are the stack's to name."""

from diagram import DocumentStore, Exporter, Health, Route, Secret, Service
from settings import Settings


def store(settings: Settings) -> DocumentStore:
    """The replica set of three, on the official image."""
    return DocumentStore(name="mongodb", image=settings.image("mongodb"), database=settings.database)


def exporter(settings: Settings, mongodb: DocumentStore) -> Exporter:
    """Its exporter, which may look at its state and at no document."""
    return Exporter(
        name="mongodb-exporter", port=9216, image=settings.image("mongodb-exporter"), memory="128M",
        uses=(mongodb.grants("clusterMonitor@admin"),), health=Health(ready="/metrics", alive="/"),
    )  # fmt: skip


def express(settings: Settings, mongodb: DocumentStore) -> Route:
    """Its administration page, for holders of an operator's certificate."""
    page = Service(
        name="mongo-express", port=8081, image=settings.image("mongo-express"), memory="256M",
        uses=(mongodb.grants("readWrite"),), env={"ME_CONFIG_SITE_BASEURL": "/mongo-express/"},
        secrets=(Secret(name="me-config-basicauth-password"),),
    )  # fmt: skip
    return Route(path="/mongo-express/", to=page, rate=10, burst=20, operators=True)
