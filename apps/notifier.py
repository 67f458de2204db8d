"""SamaConso's workers: each takes notifications from its own queues, sends them by Firebase, and records them.

A task may run twice (a worker can die after its work and before its acknowledgement), and leaves the same row.
"""

# mypy: allow-untyped-decorators

import asyncio
import os
import sys
import time
from typing import Any

import psycopg
from celery.exceptions import Reject
from prometheus_client import Counter

from apps.broker import broker, priorities
from apps.database import transaction
from apps.firebase import Firebase, FirebaseError
from apps.links import Amqp, Links, Postgres
from apps.service import serve_beside, service

NOTIFY = "notify"
RECORD = """
    INSERT INTO notifications (id, customer, priority, body, state, worker) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO NOTHING"""
OPTIONS = {
    "pool_cls": "threads",  # tasks wait for the network, and one process has one set of metrics
    "without_gossip": True,
    "without_mingle": True,
    "heartbeat_interval": 15,
}

links = Links()
postgres = links.to("pgbouncer", Postgres)
firebase = Firebase.of(links)
rabbitmq = links.to("rabbitmq", Amqp)
app = broker(rabbitmq, priorities())
DONE = Counter("notifications_total", "Notifications worked on.", ["priority", "state"])


@app.task(name=NOTIFY)
def notify(task: dict[str, Any]) -> None:
    """Send and record a notification; one that cannot be recorded now goes back into its queue."""
    state = _sent(task)
    try:
        asyncio.run(_record(task, state))
    except (psycopg.OperationalError, TimeoutError):
        time.sleep(1)
        raise Reject(requeue=True) from None
    DONE.labels(task["priority"], state).inc()


def _sent(task: dict[str, Any]) -> str:
    """`recorded` where no Firebase certificate is configured: the customer reads it in the application."""
    if firebase is None:
        return "recorded"
    try:
        firebase.send(topic=task["customer"], text=task["text"])
    except FirebaseError:
        return "failed"
    return "sent"


async def _record(task: dict[str, Any], state: str) -> None:
    async with transaction(postgres, task["customer"]) as connection:
        values = (task["id"], task["customer"], task["priority"], task["text"], state, rabbitmq.user)
        await connection.execute(RECORD, values)


if __name__ == "__main__":
    serve_beside(service(links))
    worker = app.Worker(
        hostname=f"{rabbitmq.user}@{os.uname().nodename}", concurrency=int(os.environ.get("CONCURRENCY", "4")),
        quiet=True, task_events=True, **OPTIONS,
    )  # fmt: skip
    worker.start()
    sys.exit(worker.exitcode)
