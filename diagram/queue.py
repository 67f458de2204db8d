"""A message broker: queues on one virtual host, and what each caller may do with them."""

from typing import Annotated, ClassVar, Self

from pydantic import StringConstraints, model_validator

from diagram.description import Port
from diagram.link import Link, Protocol, QueueName
from diagram.service import Service, Use
from diagram.stateful import Stateful


class Queue(Stateful):
    """RabbitMQ 3.10. Each caller has a user that its certificate names, without a password; no other user exists.

    `queues` are quorum queues: an acknowledged message is on disk. A caller that was granted nothing reads the
    broker's figures, as the monitor does; there is no management, and so nobody administers by the network.
    """

    kind: ClassVar[str] = "queue"
    protocol: ClassVar[Protocol] = Protocol.amqp
    figures_port: ClassVar[int] = 15692

    port: Port | None = 5671
    virtual_host: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
    queues: tuple[QueueName, ...]
    volume: str | None = "/var/lib/rabbitmq"
    metrics: str | None = "/metrics"

    @model_validator(mode="after")
    def there_are_queues_each_once(self) -> Self:
        """A broker without queues takes nothing."""
        if not self.queues or len(set(self.queues)) < len(self.queues):
            raise ValueError(f"{self.name}.queues: must name at least one queue, and each once")
        return self

    def to(self, *, sends: tuple[str, ...] = (), takes: tuple[str, ...] = ()) -> Use:
        """This broker for a caller that puts messages into some queues, and takes them from others."""
        return Use(target=self, sends=sends, takes=takes)

    def watched(self) -> Use:
        """This broker for a caller that hears what workers tell of their tasks."""
        return Use(target=self, watches=True)

    def link_from(self, caller: Service, use: Use) -> Link:
        """By AMQP for a caller that was granted something; others read the figures."""
        link = super().link_from(caller, use)
        if unknown := sorted({*use.sends, *use.takes} - set(self.queues)):
            raise ValueError(
                f"{caller.name}.uses: {self.name} has no queue {', '.join(unknown)}; it has {', '.join(self.queues)}"
            )
        if use.sends or use.takes or use.watches:
            return link.model_copy(update={"database": self.virtual_host})
        return link.model_copy(update={"protocol": Protocol.http, "port": self.figures_port})
