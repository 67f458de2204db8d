"""The queue between agent and workers: Celery over Redis, with every key under `queue:`.

A message is acknowledged after its work is done. A worker that dies leaves it to the others after
QUEUE_VISIBILITY_SECONDS, which must be longer than the longest task.
"""

import logging
import os
from typing import Any

import celery
from celery import signals
from kombu import Exchange, Queue  # type: ignore[import-not-found]
from kombu.transport import redis as kombu_redis  # type: ignore[import-not-found]

from apps.cache import SECONDS, VerifiedConnection
from apps.links import Redis

PREFIX = "queue:"
LONGEST_TASK = 30
STORE = "store"
REMIND = "remind"
EXPIRE = "expire"

log = logging.getLogger(__name__)


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
    app = celery.Celery("rempart", set_as_current=True)
    app.conf.update(
        broker_url=f"rediss://{link.user}@{link.host}:{link.port}/0",
        broker_password=link.password,
        broker_transport=Transport,
        broker_use_ssl={"tls": link.tls},
        broker_transport_options={
            "visibility_timeout": visibility(),
            "socket_timeout": SECONDS,
            "socket_connect_timeout": SECONDS,
        },
        broker_connection_timeout=SECONDS,
        broker_connection_max_retries=None,
        broker_pool_limit=None,
        task_queues=[Queue(PREFIX + "tasks", Exchange("tasks", type="direct"), routing_key="tasks")],
        task_default_queue=PREFIX + "tasks",
        task_default_exchange="tasks",
        task_default_routing_key="tasks",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        accept_content=["json"],
        enable_utc=True,
    )
    signals.setup_logging.connect(_keep_logging)
    signals.task_failure.connect(_log_failure)
    return app


def visibility() -> int:
    """How long a message may be worked on before another worker gets it, in seconds."""
    seconds = int(os.environ.get("QUEUE_VISIBILITY_SECONDS", "60"))
    if seconds <= LONGEST_TASK:
        raise ValueError(f"QUEUE_VISIBILITY_SECONDS: must be above the longest task, {LONGEST_TASK}")
    return seconds


def put(app: celery.Celery, task: str, *arguments: Any) -> None:
    """Queue a task. It is on Redis's disk when this returns. Raises kombu's OperationalError within 2 s."""
    app.send_task(task, arguments)


def _keep_logging(**_: Any) -> None:
    """Being connected keeps Celery from setting up logs of its own."""


def _log_failure(sender: Any, exception: Exception, **_: Any) -> None:
    log.error("task failed", extra={"fields": {"task": sender.name, "error": type(exception).__name__}})
