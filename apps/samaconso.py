"""Stands in for SamaConso's API: customers sign in, look their consumption up, and ask for notifications."""

# mypy: allow-untyped-decorators

import hashlib
import hmac
import os
import re
import time
import uuid
from datetime import date
from typing import Any, Literal

from anyio import to_thread  # type: ignore[import-not-found]
from fastapi import Depends, HTTPException, Request, Response
from psycopg.errors import UniqueViolation
from pydantic import BaseModel, Field

from apps.broker import broker, put
from apps.cache import Allowance
from apps.database import transaction
from apps.identity import user_by_token
from apps.links import Amqp, Links, Postgres, Redis
from apps.objects import Store
from apps.service import serve, service
from apps.token import DAY, USER, mint

NOTIFY = "notify"
NEW = "INSERT INTO customers (id, salt, word) VALUES (%s, %s, %s)"
KNOWN = "SELECT salt, word FROM customers WHERE id = %s"
READ = "INSERT INTO readings VALUES (%s, %s, %s) ON CONFLICT (customer, month) DO UPDATE SET kwh = excluded.kwh"
CONSUMED = "SELECT month, kwh FROM readings ORDER BY month DESC LIMIT 24"
UPLOADED = """
    INSERT INTO uploads (customer, name, bytes, sha256) VALUES (%s, %s, %s, %s)
    ON CONFLICT (customer, name)
    DO UPDATE SET bytes = excluded.bytes, sha256 = excluded.sha256, at = clock_timestamp()"""
FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
LATEST = "SELECT id, priority, body AS text, state, worker FROM notifications ORDER BY at DESC LIMIT 50"

links = Links()
postgres = links.to("pgbouncer", Postgres)
store = Store.of(links, "minio")
celery = broker(links.to("rabbitmq", Amqp))
keys = links.required_secret("api-secret-key")
token_user = user_by_token(keys)
allowance = Allowance(links.to("redis", Redis), "api:rate", per_minute=120)
app = service(links)


class Account(BaseModel):
    """A customer's name and password."""

    customer: str = Field(max_length=40)
    password: str = Field(min_length=12, max_length=200)


class Reading(BaseModel):
    """What a meter has counted in a month."""

    month: date
    kwh: int = Field(ge=0, le=1_000_000)


class Notification(BaseModel):
    """What a customer is told, and how soon."""

    text: str = Field(min_length=1, max_length=1600)
    priority: Literal["urgent", "high_priority", "normal", "low_priority"] = "normal"


async def current_user(user: str = Depends(token_user)) -> str:
    """The token's customer, counted against the minute's allowance."""
    await to_thread.run_sync(allowance.use, user, cancellable=True)
    return user


@app.post("/api/accounts", status_code=201)
async def register(account: Account) -> dict[str, str]:
    """A new customer, whose password is kept as what scrypt makes of it. 409 when the name is taken."""
    if not USER.fullmatch(account.customer):
        raise HTTPException(422, "a customer's name is lower-case letters, digits and hyphens")
    salt = os.urandom(16)
    try:
        async with transaction(postgres) as connection:
            await connection.execute(NEW, (account.customer, salt, await _stretched(account.password, salt)))
    except UniqueViolation:
        raise HTTPException(409, "this customer exists") from None
    return {"customer": account.customer}


@app.post("/api/login")
async def login(account: Account) -> dict[str, str]:
    """A token for a day, or 401; both take as long."""
    async with transaction(postgres) as connection:
        found = await (await connection.execute(KNOWN, (account.customer,))).fetchone()
    salt, word = (found["salt"], found["word"]) if found else (bytes(16), b"")
    if not hmac.compare_digest(await _stretched(account.password, salt), word):
        raise HTTPException(401, "name or password is wrong")
    return {"token": mint(account.customer, keys, time.time() + DAY)}


@app.get("/api/consumption")
async def consumption(user: str = Depends(current_user)) -> list[dict[str, Any]]:
    """The last 24 months, the newest first."""
    return await _rows(user, CONSUMED)


@app.post("/api/consumption", status_code=201)
async def read_meter(reading: Reading, user: str = Depends(current_user)) -> dict[str, int]:
    """Store a month's reading, over one that is there."""
    async with transaction(postgres, user) as connection:
        await connection.execute(READ, (user, reading.month.replace(day=1), reading.kwh))
    return {"kwh": reading.kwh}


@app.get("/api/notifications")
async def notifications(user: str = Depends(current_user)) -> list[dict[str, Any]]:
    """The latest 50, the newest first."""
    return await _rows(user, LATEST)


@app.post("/api/notifications", status_code=202)
async def notify(notification: Notification, user: str = Depends(current_user)) -> dict[str, str]:
    """Queue a notification: the broker has it on disk when this answers."""
    if "\0" in notification.text:
        raise HTTPException(422, "a text has no NUL")
    task = {"id": str(uuid.uuid4()), "customer": user, "text": notification.text, "priority": notification.priority}
    await to_thread.run_sync(put, celery, notification.priority, NOTIFY, task, cancellable=True)
    return {"id": task["id"]}


@app.post("/api/files/{name}", status_code=201)
async def upload(name: str, request: Request, user: str = Depends(current_user)) -> dict[str, int]:
    """Store a file of the customer's, over one of the same name; the gateway limits its size."""
    if not FILE.fullmatch(name):
        raise HTTPException(422, "a file's name is letters, digits, dots, hyphens and underscores")
    content = await request.body()
    await store.put(f"uploads/{user}/{name}", content)
    async with transaction(postgres, user) as connection:
        await connection.execute(UPLOADED, (user, name, len(content), hashlib.sha256(content).digest()))
    return {"bytes": len(content)}


@app.get("/api/files/{name}")
async def download(name: str, user: str = Depends(current_user)) -> Response:
    """A file of the customer's, or 404."""
    content = await store.get(f"uploads/{user}/{name}") if FILE.fullmatch(name) else None
    if content is None:
        raise HTTPException(404, "no such file")
    return Response(content, media_type="application/octet-stream")


async def _rows(user: str, query: str) -> list[dict[str, Any]]:
    async with transaction(postgres, user) as connection:
        found: list[dict[str, Any]] = await (await connection.execute(query)).fetchall()
    return found


async def _stretched(password: str, salt: bytes) -> bytes:
    def stretch() -> bytes:
        return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)

    return bytes(await to_thread.run_sync(stretch))


if __name__ == "__main__":
    serve(app)
