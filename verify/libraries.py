"""The client libraries that the applications use: none of them talks to a server that cannot prove its name."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

from diagram import Link, Protocol
from verify import clients
from verify.authorities import fresh, owner
from verify.impostor import BELIEVED, REFUSED, Impostor
from verify.opened import Opened
from verify.report import Row
from verify.running import Target, Task
from verify.tls import Identity

NAME = "localhost"
GOOD = "the right server"
LIBRARIES = {
    "httpx": Protocol.http,
    "psycopg": Protocol.postgres,
    "redis-py": Protocol.redis,
    "celery": Protocol.redis,
    "py-amqp": Protocol.amqp,
}
CALLS = """
import asyncio, json, os, sys
from apps.links import Amqp, Http, Links, Postgres, Redis

async def httpx(link):
    from apps.calls import http_client
    async with http_client(link) as http:
        await http.get("/health")

async def psycopg(link):
    from apps.database import transaction
    async with transaction(link) as connection:
        await connection.execute("SELECT 1")

async def redis_py(link):
    from apps.cache import client
    client(link).ping()

async def celery(link):
    from apps.queue import queue
    with queue(link).connection_for_write() as broker:
        broker.connect()

async def py_amqp(link):
    from apps.broker import broker
    with broker(link).connection_for_write() as connection:
        connection.connect()

functions = {"httpx": httpx, "psycopg": psycopg, "redis-py": redis_py, "celery": celery, "py-amqp": py_amqp}
kinds = {"httpx": Http, "psycopg": Postgres, "py-amqp": Amqp}
for library, callee, variable, url in json.loads(sys.argv[1]):
    try:
        link = Links({**os.environ, variable: url}).to(callee, kinds.get(library, Redis))
        asyncio.run(asyncio.wait_for(functions[library](link), 5))
        print(json.dumps("no error"))
    except BaseException as error:
        print(json.dumps(f"{type(error).__name__}: {error}"))
"""
"""Runs in an application's container and calls through its own modules; a line for each call says what came of it."""


@dataclass(frozen=True)
class Attempt:
    """A call of `library` in `task`, to a server that is right or wrong in one way."""

    library: str
    what: str
    task: Task
    link: Link
    server: Impostor


def libraries(target: Target) -> Iterator[Row]:
    """Each library that has a link here, against the right server and each wrong one, from a task of an application."""
    opened, tried = Opened.of(target), dict[str, list[Attempt]]()
    for library, protocol in LIBRARIES.items():
        if not (found := _caller(target, protocol)):
            continue
        task, link = found
        if not (servers := _servers(task, opened)):
            yield Row(library, "refuses a wrong server", ok=None, seen=opened.closed or "the root's key is unknown")
            continue
        for what, identity in servers.items():
            server = Impostor(identity, protocol is Protocol.postgres)
            tried.setdefault(task.container, []).append(Attempt(library, what, task, link, server))
    for attempts in tried.values():
        yield from _tried(target, attempts)


def _caller(target: Target, protocol: Protocol) -> tuple[Task, Link] | None:
    """A task of the applications' image with a link of this protocol."""
    client = clients.of(target)
    image = target.of(client.service)[0].image if client else ""
    pairs = ((task, link) for link in target.system.links for task in target.of(link.caller)[:1])
    return next(((task, link) for task, link in pairs if link.protocol is protocol and task.image == image), None)


def _servers(task: Task, opened: Opened) -> Mapping[str, Identity] | None:
    root = owner(task.file("/run/secrets/root.pem").read_bytes(), opened.private_keys)
    if root is None:
        return None
    return {
        GOOD: root.leaf(NAME, "server_auth"),
        "another name": root.leaf("another-name", "server_auth"),
        "an expired certificate": root.leaf(NAME, "server_auth", expired=True),
        "a client's certificate": root.leaf(NAME, "client_auth"),
        "an unknown authority": fresh("stranger").leaf(NAME, "server_auth"),
    }


def _tried(target: Target, attempts: list[Attempt]) -> Iterator[Row]:
    """All calls of one task, by one program in its container."""
    task = attempts[0].task
    with ExitStack() as stack:
        calls = []
        for it in attempts:
            variable = f"{it.link.callee.upper().replace('-', '_')}_URL"
            url = _moved(task.env[variable], it.server.open(stack, task))
            calls.append((it.library, it.link.callee, variable, url))
        said = clients.execute(target, task.service, ["python3", "-c", CALLS, json.dumps(calls)]).splitlines()
    for it, line in zip(attempts, said, strict=True):
        claim = f"{'believes' if it.what == GOOD else 'refuses'} {it.what}"
        ok = it.server.heard == BELIEVED if it.what == GOOD else it.server.heard.startswith(REFUSED)
        yield Row(f"{it.library}, in {task.service}", claim, ok, f"{it.server.heard}; it says {json.loads(line)[:120]}")


def _moved(url: str, port: int) -> str:
    """`url` at this port of the loopback, with the same user."""
    parts = urlsplit(url)
    user = f"{parts.username}@" if parts.username else ""
    return parts._replace(netloc=f"{user}{NAME}:{port}").geturl()
