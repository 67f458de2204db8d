"""The message broker, realised."""

from collections.abc import Mapping, Sequence

from components.component import Component
from components.files import ConfigFile, SecretFile, config_file
from components.stateful import Stateful
from components.text import haproxy, rabbitmq
from diagram import Protocol


class Queue(Stateful):
    """RabbitMQ, and a front that shows its figures to those who may read them."""

    def command(self) -> Sequence[str]:
        """The server."""
        return ("rabbitmq",)

    def front(self) -> str:
        """For the figures alone: the broker itself asks AMQP's callers for their certificates."""
        readers = [link.link for link in self.place.callers(self.description) if link.link.protocol is Protocol.http]
        return haproxy.figures(self.description, readers) if readers else ""

    def texts(self) -> Mapping[str, str]:
        """Its settings."""
        return {"/etc/rabbitmq/rabbitmq.conf": rabbitmq.settings(self.description)}

    def check(self) -> Sequence[str]:
        """It begins to speak AMQP to who shows a certificate."""
        return ("probe-rabbitmq",)

    def keeper_files(self, keeper: Component) -> tuple[list[SecretFile], list[ConfigFile]]:
        """The users with their rights, and the certificate of the health check."""
        assert self.authority
        callers = [link for link in self.place.callers(self.description) if link.link.protocol is Protocol.amqp]
        text = rabbitmq.definitions(self.description, {login: link.link for link in callers for login in link.logins})
        probe = self.authority.sign(keeper, "probe", rabbitmq.PROBE, "client_auth").files(keeper, "probe", "probe.pem")
        return probe, [config_file(keeper, "definitions", "/etc/keeper/definitions.json", text)]
