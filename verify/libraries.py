"""The client libraries that the applications use: none of them talks to a server that cannot prove its name."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from diagram import Link, Protocol
from verify import sms
from verify.authorities import fresh, owner
from verify.matrix import reason
from verify.namespace import network_of
from verify.opened import Opened
from verify.report import Row
from verify.running import Target, Task
from verify.tls import Identity, received, show

NAME = "localhost"
GOOD = "the right server"
LIBRARIES = {
    "httpx": Protocol.http,
    "psycopg": Protocol.postgres,
    "redis-py": Protocol.redis,
    "celery": Protocol.redis,
}
CALLS = """
import asyncio, json, sys
from apps.links import Http, Links, Postgres, Redis

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

library, callee = sys.argv[1:]
function = {"httpx": httpx, "psycopg": psycopg, "redis-py": redis_py, "celery": celery}[library]
kind = {"httpx": Http, "psycopg": Postgres}.get(library, Redis)
try:
    asyncio.run(asyncio.wait_for(function(Links().to(callee, kind)), 5))
    print(json.dumps("no error"))
except BaseException as error:
    print(json.dumps(f"{type(error).__name__}: {error}"))
"""
"""Runs in an application's container and calls through its own modules; one call, and what came of it."""


@dataclass
class Impostor:
    """A server on the loopback of a task; `heard` is what a client that believed it did, or why one did not."""

    identity: Identity
    speaks_postgres: bool
    heard: str = "nobody came"

    def serve(self, door: socket.socket) -> None:
        """Answer every visitor as far as the end of the handshake, until the door closes."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        show(context, self.identity)
        with suppress(OSError):
            while True:
                visitor, _ = door.accept()
                visitor.settimeout(5)
                with visitor:
                    self._greet(visitor, context)

    def _greet(self, visitor: socket.socket, context: ssl.SSLContext) -> None:
        try:
            if self.speaks_postgres:
                received(visitor, 8)
                visitor.sendall(b"S")
            with context.wrap_socket(visitor, server_side=True):
                self.heard = "believed"
        except OSError as error:
            self.heard = f"refused: {reason(error)}"


def libraries(target: Target) -> Iterator[Row]:
    """Each library once, against the right server and each wrong one, from a task of an application."""
    opened = Opened.of(target)
    for library, protocol in LIBRARIES.items():
        found = _caller(target, protocol)
        if found is None:
            yield Row(library, "refuses a wrong server", ok=None, seen="no application uses it")
            continue
        task, link = found
        servers = _servers(task, opened)
        if servers is None:
            yield Row(library, "refuses a wrong server", ok=None, seen=opened.closed or "the root's key is unknown")
            continue
        for what, identity in servers.items():
            yield _call(target, task, link, library, what, identity)


def _caller(target: Target, protocol: Protocol) -> tuple[Task, Link] | None:
    """A task of the applications' image with a link of this protocol."""
    image = target.of(sms.API)[0].image
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


def _call(target: Target, task: Task, link: Link, library: str, what: str, identity: Identity) -> Row:
    server = Impostor(identity, link.protocol is Protocol.postgres)
    variable = f"{link.callee.upper().replace('-', '_')}_URL"
    with ExitStack() as stack:
        with network_of(task.pid):
            door = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        stack.callback(door.shutdown, socket.SHUT_RDWR)
        threading.Thread(target=server.serve, args=(door,), daemon=True).start()
        url = _moved(task.env[variable], door.getsockname()[1])
        said = sms.execute(target, task.service, ["python3", "-c", CALLS, library, link.callee], {variable: url})
    claim = f"{'believes' if what == GOOD else 'refuses'} {what}"
    ok = server.heard == "believed" if what == GOOD else server.heard.startswith("refused")
    return Row(f"{library}, in {task.service}", claim, ok, f"{server.heard}; it says {json.loads(said)[:120]}")


def _moved(url: str, port: int) -> str:
    """`url` at this port of the loopback, with the same user."""
    parts = urlsplit(url)
    user = f"{parts.username}@" if parts.username else ""
    return parts._replace(netloc=f"{user}{NAME}:{port}").geturl()
