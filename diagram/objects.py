"""Files of any size under names, in one bucket."""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from diagram.description import Memory, Port
from diagram.link import Link, Protocol
from diagram.monitoring import Monitor
from diagram.service import Health, Service, Use
from diagram.stateful import Stateful

Bucket = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")]
"""A bucket's name, which is also a DNS label."""


class ObjectStore(Stateful):
    """MinIO with one bucket. Each caller has a key of its own; `prefix` says under which names it may read and write.

    A front asks for certificates, and lets a caller use its own key only. Its administration is its keeper's.
    """

    kind: ClassVar[str] = "object-store"
    protocol: ClassVar[Protocol] = Protocol.s3

    bucket: Bucket
    port: Port | None = 9000
    volume: str | None = "/data"
    memory: Memory = "1G"
    metrics: str | None = "/minio/v2/metrics/cluster"
    health: Health = Health(ready="/minio/health/ready", alive="/minio/health/live")

    def prefix(self, *prefixes: str) -> Use:
        """This store for a caller that may read and write what is named ``<prefix>...``."""
        return Use(target=self, prefixes=prefixes)

    def link_from(self, caller: Service, use: Use) -> Link:
        """A monitor reads its figures; every other caller needs a prefix."""
        link = super().link_from(caller, use)
        if isinstance(caller, Monitor):
            return link.model_copy(update={"protocol": Protocol.http})
        if not use.prefixes:
            raise ValueError(f"{caller.name}.uses: {self.name} lets nobody at everything: name a prefix")
        return link.model_copy(update={"bucket": self.bucket})
