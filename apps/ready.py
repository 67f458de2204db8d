"""Whether every callee answers, asked all at once and each within 2 s."""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
from anyio import to_thread  # type: ignore[import-not-found]

from apps.cache import client
from apps.calls import http_client
from apps.database import transaction
from apps.links import Amqp, Egress, Http, Link, Links, Postgres, Redis
from apps.metrics import REACHABLE

SECONDS = 2.0
EVERY = 15


async def check(links: Links) -> dict[str, dict[str, Any]]:
    """For every callee whether it answered, and in how many milliseconds."""
    answers = await asyncio.gather(*(_timed(link) for link in links.callees.values()))
    for name, answer in zip(links.callees, answers, strict=True):
        REACHABLE.labels(name).set(answer["ok"])
    return dict(zip(links.callees, answers, strict=True))


async def watch(links: Links) -> None:
    """Keep the callees' metric true: ask them every 15 s."""
    while True:
        await check(links)
        await asyncio.sleep(EVERY)


async def _timed(link: Link) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        await asyncio.wait_for(_ask(link), SECONDS)
    except Exception as error:  # whatever a library raises, this callee cannot be used
        return {"ok": False, "ms": _since(began), "error": type(error).__name__}
    return {"ok": True, "ms": _since(began)}


async def _ask(link: Link) -> None:
    match link:
        case Http():
            await _ask_http(link)
        case Postgres():
            await _ask_postgres(link)
        case Redis():
            await to_thread.run_sync(_ping_redis, link, cancellable=True)
        case Amqp():
            await to_thread.run_sync(_greet_broker, link, cancellable=True)
        case Egress():
            await _ask_egress(link)


async def _ask_http(link: Http) -> None:
    async with http_client(link) as http:
        (await http.get(link.alive)).raise_for_status()


async def _ask_postgres(link: Postgres) -> None:
    async with transaction(link) as connection:
        await connection.execute("SELECT 1")


def _ping_redis(link: Redis) -> None:
    redis = client(link)
    try:
        redis.ping()
    finally:
        redis.connection_pool.disconnect()


def _greet_broker(link: Amqp) -> None:
    """As this caller, up to the virtual host."""
    from apps.broker import Connection  # noqa: PLC0415 - only systems with a broker have its library in use

    address, tls = f"{link.host}:{link.port}", {"tls": link.tls, "name": link.host}
    given = {"virtual_host": link.virtual_host, "login_method": "EXTERNAL", "ssl": tls}
    with Connection(address, connect_timeout=SECONDS, read_timeout=SECONDS, **given):
        pass


async def _ask_egress(link: Egress) -> None:
    """A request without a host: the proxy itself refuses it at once, and nothing leaves the platform."""
    proxy = urlsplit(link.proxy)
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)
    try:
        writer.write(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        if not (await reader.readline()).startswith(b"HTTP/1."):
            raise httpx.ProxyError("no answer")
    finally:
        writer.close()


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
