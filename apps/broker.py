"""The broker between an API and its workers: Celery over RabbitMQ's quorum queues, one for each priority.

Who publishes knows after `put` that the broker has the message on disk. A message is acknowledged after its work is
done; a worker that dies leaves it to the others at once, because the broker notices that the connection is gone. What
the callers may use exists already: they declare nothing.
"""

# mypy: disable-error-code="misc"

import os
import ssl
from typing import Any

import amqp  # type: ignore[import-not-found]
import celery
from celery.events import event
from kombu import Exchange, Queue  # type: ignore[import-not-found]
from kombu.transport import pyamqp  # type: ignore[import-not-found]

from apps.links import Amqp
from apps.tasks import SECONDS, application

PRIORITIES = ("urgent", "high_priority", "normal", "low_priority")


class Socket(amqp.transport.SSLTransport):
    """py-amqp's TLS with a context of ours in place of its own, which needs no client's certificate and TLS 1.2."""

    def _wrap_socket(self, sock: Any, tls: ssl.SSLContext, name: str) -> ssl.SSLSocket:
        return tls.wrap_socket(sock, server_hostname=name)


class Connection(pyamqp.Connection):
    """kombu's connection over `Socket`."""

    def Transport(self, host: str, seconds: float, ssl: Any, *limits: Any, **settings: Any) -> Socket:  # noqa: N802
        """The socket of a connection; `limits` are its timeouts to read and to write."""
        read, write = limits
        return Socket(host, connect_timeout=seconds, ssl=ssl, read_timeout=read, write_timeout=write, **settings)


class Transport(pyamqp.Transport):
    """kombu's AMQP transport over `Connection`."""

    Connection = Connection

    def qos_semantics_matches_spec(self, _: Any) -> bool:
        """A limit for each consumer: quorum queues refuse one for a whole channel, which Celery would ask for."""
        return True


def broker(link: Amqp, takes: tuple[str, ...] = ()) -> celery.Celery:
    """The Celery application of this stack's broker; a worker `takes` from some of the queues.

    Without result store and remote control; workers tell of their tasks by events.
    """
    app = application(
        broker_url=f"amqps://{link.user}@{link.host}:{link.port}/{link.virtual_host}",
        broker_transport=Transport,
        broker_login_method="EXTERNAL",
        broker_use_ssl={"tls": link.tls, "name": link.host},
        broker_transport_options={"confirm_publish": True, "read_timeout": SECONDS, "write_timeout": SECONDS},
        broker_heartbeat=10,
        broker_pool_limit=4,
        task_queues=[declared(name) for name in takes or PRIORITIES],
        task_create_missing_queues=False,
        task_default_queue=(takes or PRIORITIES)[0],
        worker_send_task_events=True,
    )
    if takes:
        app.conf.broker_transport_options = {"confirm_publish": True}
    event.event_exchange.no_declare = True
    return app


def declared(name: str) -> Queue:
    """A queue that the broker already has, with the exchange of its name."""
    exchange = Exchange(name, type="direct", no_declare=True)
    arguments = {"x-queue-type": "quorum"}
    return Queue(name, exchange, routing_key=name, no_declare=True, queue_arguments=arguments)


def put(app: celery.Celery, queue: str, task: str, *arguments: Any) -> None:
    """Queue a task. The broker has it on disk when this returns. Raises kombu's OperationalError."""
    app.send_task(task, arguments, queue=queue, exchange=queue, routing_key=queue)


def priorities(env: Any = os.environ) -> tuple[str, ...]:
    """The queues that this worker takes from, the most urgent first. Raises ValueError for one that is none."""
    names = tuple(env.get("QUEUES", ",".join(PRIORITIES)).split(","))
    if unknown := sorted(set(names) - set(PRIORITIES)):
        raise ValueError(f"QUEUES: {', '.join(unknown)} is none of {', '.join(PRIORITIES)}")
    return names
