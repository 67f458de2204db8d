"""What watches the others."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from diagram.boundary import PUBLIC_PEM, Forward
from diagram.description import Description, Memory, Port
from diagram.secret import Secret
from diagram.service import Health, Service, Use
from diagram.zone import Zone


class Receiver(Description):
    """Where alerts are sent. Until its secret is configured, it is off."""

    product: Literal["pagerduty", "slack"]
    secret: Secret
    """PagerDuty's routing key, or the URL of Slack's webhook."""
    severities: tuple[str, ...] = ()
    """What is sent there; empty for everything."""


Mailbox = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$", max_length=254)]


class Mail(Description):
    """E-mail of every alert, by a relay that `by` leads to: it proves its name by STARTTLS, or is told nothing."""

    by: Forward
    sender: Mailbox
    to: Mailbox
    authority: Annotated[str, StringConstraints(pattern=PUBLIC_PEM)] = ""
    """What signed the relay's certificate, PEM; empty for the public authorities."""


class Alerting(Service):
    """Alertmanager: groups, routes and sends what the monitor finds, by its egress."""

    kind: ClassVar[str] = "alerting"
    waits: ClassVar[bool] = False

    zone: Zone = Zone.monitoring
    port: Port | None = 9093
    volume: str | None = "/var/lib/alertmanager"
    health: Health = Health(ready="/-/ready", alive="/-/healthy")
    receivers: tuple[Receiver, ...] = ()
    """Where its alerts go; it keeps and shows all of them."""
    mail: Mail | None = None

    def held(self) -> tuple[Secret, ...]:
        """Its own secrets, and its receivers'."""
        return (*super().held(), *(receiver.secret for receiver in self.receivers))

    def calls(self) -> Iterator[Use]:
        """The forward to its mail relay, and what it uses."""
        if self.mail:
            yield Use(target=self.mail.by)
        yield from super().calls()


class Monitor(Service):
    """Prometheus: scrapes every service of its system that has metrics, and evaluates `rules`."""

    kind: ClassVar[str] = "monitor"
    waits: ClassVar[bool] = False

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
