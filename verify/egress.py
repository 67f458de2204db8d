"""Declared ways out: each caller reaches its own hosts through the egress, and nobody else's; others have no way."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from diagram import Link, Protocol
from verify.namespace import network_of
from verify.report import Row
from verify.running import Target, Task

LOOPBACK = "127.0.0.1"
SECONDS = 40
"""The proxy itself gives up on an outside host before that."""
ATTEMPTS = 3
"""A listener that takes its callee for gone for a moment gives no answer, which is neither a yes nor a no."""
WORKERS = 8


def egress(target: Target) -> Iterator[Row]:
    """One attempt each: to a declared host, to another caller's, to a host under a declared name, to another port."""
    links = [link for link in target.system.links if link.protocol is Protocol.proxy]
    ends = {name for link in links for name in (link.caller, link.callee)}
    tried = [(task, link) for link in links for task in target.of(link.caller)]
    with ThreadPoolExecutor(WORKERS) as pool:
        for rows in pool.map(lambda pair: list(_caller(pair[0], pair[1], links)), tried):
            yield from rows
    ports = sorted({link.port for link in links})
    for task in target.tasks:
        if task.service not in ends:
            yield _has_no_listener(task, ports)


def _caller(task: Task, link: Link, links: list[Link]) -> Iterator[Row]:
    first = link.hosts[0]
    status = _connect(task, link, f"{first}:443")
    yield Row(task.name, f"may reach {first}", status is not None and status != 403, _said(status))
    foreign = sorted({host for other in links for host in other.hosts} - set(link.hosts))
    for what, place in {
        "another caller's host": f"{foreign[0]}:443" if foreign else "",
        "a host that nobody declared": "undeclared.example:443",
        "a name that only begins like its host's": f"{first}.undeclared.example:443",
        "another port of its host": f"{first}:22",
    }.items():
        if place:
            status = _connect(task, link, place)
            yield Row(task.name, f"may not reach {what}", status == 403, f"{place} {_said(status)}")
    status = _say(task, link, f"GET http://{first}/ HTTP/1.1\r\nHost: {first}\r\nConnection: close\r\n\r\n")
    yield Row(task.name, "may not speak plain HTTP", status == 403, _said(status))


def _connect(task: Task, link: Link, place: str) -> int | None:
    return _say(task, link, f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n")


def _say(task: Task, link: Link, request: str) -> int | None:
    """The status that the caller's own listener brings back; the tunnel is closed before anything is sent in it."""
    for _ in range(ATTEMPTS):
        with suppress(OSError):
            with network_of(task.pid):
                stream = socket.create_connection((LOOPBACK, link.port), 5)
            with stream:
                stream.settimeout(SECONDS)
                stream.sendall(request.encode())
                words = stream.recv(1024).split()
            if len(words) > 1 and words[1].isdigit():
                return int(words[1])
        time.sleep(1)
    return None


def _has_no_listener(task: Task, ports: list[int]) -> Row:
    opened = []
    with network_of(task.pid):
        for port in ports:
            try:
                socket.create_connection((LOOPBACK, port), 1).close()
                opened.append(port)
            except OSError:
                continue
    return Row(task.name, "has no way to the egress", not opened, ", ".join(map(str, opened)))


def _said(status: int | None) -> str:
    return "no answer" if status is None else f"answered {status}"
