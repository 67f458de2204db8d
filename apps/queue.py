"""The queue between agent and workers: Celery over Redis, with every key under `queue:`.

A message is acknowledged after its work is done. A worker that dies leaves it to the others after
QUEUE_VISIBILITY_SECONDS, which must be longer than the longest task.
"""

import os
from typing import Any

import celery
from kombu import Exchange, Queue  # type: ignore[import-not-found]
from kombu.transport import redis as kombu_redis  # type: ignore[import-not-found]

from apps.cache import SECONDS, VerifiedConnection
from apps.links import Redis
from apps.tasks import application

PREFIX = "queue:"
LONGEST_TASK = 30
STORE = "store"
REMIND = "remind"
EXPIRE = "expire"


class Channel(kombu_redis.Channel):  # type: ignore[misc]
    """kombu's channel with verified TLS. Its own key prefix would leave WATCH and EXISTS without one."""

    connection_class_ssl = VerifiedConnection
    keyprefix_queue = PREFIX + "binding.%s"
    unacked_key = PREFIX + "unacked"
    unacked_index_key = PREFIX + "unacked-index"
    unacked_mutex_key = PREFIX + "unacked-mutex"
    unacked_mutex_expire = 20
    priority_steps = (0,)

    def _brpop_read(self, **options: Any) -> Any:
        """Read, and at every tenth turn look for messages of dead workers: the plain loop never does."""
        self.qos.restore_visible(num=self.unacked_restore_limit)
        return super()._brpop_read(**options)

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        params: dict[str, Any] = super()._connparams(asynchronous)

        unaware = params["connection_class"]

        class Connection(unaware):  # type: ignore[misc, valid-type]
            def disconnect(self, *_: object) -> None:
                """redis-py passes the error when a connection timed out, and kombu's own class takes none."""
                super().disconnect()

        return params | {"connection_class": Connection}


class Transport(kombu_redis.Transport):  # type: ignore[misc]
    """kombu's Redis transport over `Channel`."""

    Channel = Channel


def queue(link: Redis) -> celery.Celery:
    """The Celery application of this stack's queue. It uses no result store, no events and no remote control."""
    return application(
        broker_url=f"rediss://{link.user}@{link.host}:{link.port}/0",
        broker_password=link.password,
        broker_transport=Transport,
        broker_use_ssl={"tls": link.tls},
        broker_transport_options={
            "visibility_timeout": visibility(),
            "socket_timeout": SECONDS,
            "socket_connect_timeout": SECONDS,
        },
        broker_pool_limit=None,
        task_queues=[Queue(PREFIX + "tasks", Exchange("tasks", type="direct"), routing_key="tasks")],
        task_default_queue=PREFIX + "tasks",
        task_default_exchange="tasks",
        task_default_routing_key="tasks",
        worker_send_task_events=False,
    )


def visibility() -> int:
    """How long a message may be worked on before another worker gets it, in seconds."""
    seconds = int(os.environ.get("QUEUE_VISIBILITY_SECONDS", "60"))
    if seconds <= LONGEST_TASK:
        raise ValueError(f"QUEUE_VISIBILITY_SECONDS: must be above the longest task, {LONGEST_TASK}")
    return seconds


def put(app: celery.Celery, task: str, *arguments: Any) -> None:
    """Queue a task. It is on Redis's disk when this returns. Raises kombu's OperationalError within 2 s."""
    app.send_task(task, arguments)
