"""Does what the agent queued: stores conversations, delivers reminders, marks integrations whose tokens expire.

Every task may run twice (a worker can die after its work and before its acknowledgement), and leaves the same rows.
"""

# mypy: allow-untyped-decorators

import asyncio
import os
import sys
import time
from typing import Any

import psycopg
from prometheus_client import Counter

from apps.database import transaction
from apps.links import Links, Postgres, Redis
from apps.queue import EXPIRE, LONGEST_TASK, REMIND, STORE, queue
from apps.service import serve_beside, service

links = Links()
postgres = links.to("postgres", Postgres)
app = queue(links.to("redis", Redis))
again = {
    "autoretry_for": (psycopg.OperationalError, TimeoutError),
    "max_retries": None,
    "retry_backoff": 1,
    "retry_backoff_max": 16,
}
# Threads, not processes: tasks wait for the network, and one process has one set of metrics. The plain loop, because
# Celery's event loop stops to consume when Redis comes back after an absence.
OPTIONS = {
    "pool_cls": "threads",
    "use_eventloop": False,
    "without_gossip": True,
    "without_mingle": True,
    "without_heartbeat": True,
}
DONE = Counter("worker_tasks_total", "Tasks done.", ["task"])

INSERT_MESSAGE = """
    INSERT INTO messages (id, user_id, direction, body) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"""
INSERT_REMINDER = """
    INSERT INTO reminders (id, user_id, due_at, body) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"""
DELIVER = """
    WITH due AS (UPDATE reminders SET delivered_at = now()
                 WHERE due_at <= now() AND delivered_at IS NULL RETURNING id, user_id, body)
    INSERT INTO messages (id, user_id, direction, body) SELECT id || '/reminder', user_id, 'out', body FROM due"""
MARK = """
    UPDATE oauth_integrations SET state = 'refresh_due'
    WHERE state = 'active' AND expires_at < now() + interval '1 day'"""


@app.task(name=STORE, **again)
def store(message: dict[str, Any]) -> None:
    """Store a message, its reply, and the reminder that it may ask for."""
    asyncio.run(_store(message))
    DONE.labels(STORE).inc()


@app.task(name=REMIND, **again)
def remind() -> None:
    """Deliver the reminders that are due."""
    asyncio.run(_for_each("users_with_due_reminders", DELIVER))
    DONE.labels(REMIND).inc()


@app.task(name=EXPIRE, **again)
def expire() -> None:
    """Mark the integrations whose token must be refreshed: the OAuth manager alone holds the keys to do it."""
    asyncio.run(_for_each("users_with_expiring_tokens", MARK))
    DONE.labels(EXPIRE).inc()


async def _store(message: dict[str, Any]) -> None:
    name, user = message["id"], message["user"]
    async with transaction(postgres, user) as connection:
        await connection.execute(INSERT_MESSAGE, (name, user, "in", message["text"]))
        await connection.execute(INSERT_MESSAGE, (f"{name}/reply", user, "out", message["reply"]))
        if due := message.get("remind_at"):
            await connection.execute(INSERT_REMINDER, (name, user, due, message["remind_of"]))


async def _for_each(users: str, statement: str) -> None:
    """Run `statement` in a transaction of its own for each user whom the function `users` names."""
    async with transaction(postgres) as connection:
        found = await (await connection.execute(f"SELECT id FROM {users}() AS id")).fetchall()  # noqa: S608
    began = time.monotonic()
    for row in found:
        if time.monotonic() - began > LONGEST_TASK / 2:
            return  # the next turn goes on
        async with transaction(postgres, row["id"]) as connection:
            await connection.execute(statement)


if __name__ == "__main__":
    serve_beside(service(links))
    worker = app.Worker(concurrency=int(os.environ.get("CONCURRENCY", "4")), quiet=True, **OPTIONS)
    worker.start()
    sys.exit(worker.exitcode)
