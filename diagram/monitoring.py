"""What watches the others."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from diagram.description import Memory, Port
from diagram.service import Health, Service, Use
from diagram.zone import Zone


class Alerting(Service):
    """Alertmanager: groups, routes and sends what the monitor finds."""

    kind: ClassVar[str] = "alerting"

    zone: Zone = Zone.monitoring
    port: Port | None = 9093
    volume: str | None = "/var/lib/alertmanager"
    health: Health = Health(ready="/-/ready", alive="/-/healthy")


class Monitor(Service):
    """Prometheus: scrapes every service of its system that has metrics, and evaluates `rules`."""

    kind: ClassVar[str] = "monitor"

    zone: Zone = Zone.monitoring
    alerting: Alerting | None = None
    rules: Mapping[str, str] = {}
    """Rule files: name to YAML text."""
    scrape_seconds: int = 15
    retention: str = "15d"
    volume: str | None = "/var/lib/prometheus"
    memory: Memory = "512M"
    port: Port | None = 9090
    metrics: str | None = None
    health: Health = Health(ready="/-/ready", alive="/-/healthy")

    def calls(self) -> Iterator[Use]:
        """Its alerting, and what it uses. Its system adds the services that have metrics."""
        if self.alerting:
            yield Use(target=self.alerting)
        yield from super().calls()
