"""A callee that stops answering: its callers say so within 3 s, and are well again when it comes back; and where others
do the same behind a balancer, clients do not notice.
"""

# mypy: allow-untyped-calls

import http.client
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from docker.errors import APIError

from diagram import Balancer, Edge, Gateway, Link, Pooler, Service
from verify.namespace import network_of
from verify.public import Answer, Public, request
from verify.report import Row
from verify.running import Target, Task

LIMIT = 3.0
RECOVERY = 20
ATTEMPTS = 3
LOOPBACK = "127.0.0.1"
READY = frozenset({"/ready", "/api/v1/health/readiness"})
"""The pages of our applications that ask every callee."""
WITHOUT_A_PAGE = (Gateway, Edge, Balancer, Pooler)
CLIENTS = 8
"""Requests in turn while a member is frozen: every member has its share of them."""

Ask = Callable[[], tuple[str, Answer, float]]
"""Asks a caller of the frozen callee: who it is, what it answers, and how long that took."""


def outage(target: Target) -> Iterator[Row]:
    """Each callee of an application or a gateway is frozen for as long as its callers need to notice."""
    callers: dict[str, list[Ask]] = {}
    for link in target.system.links:
        for caller in _noticing(target, link):
            asks = [_ready(task, caller) for task in target.of(caller.name)]
            callers.setdefault(link.callee, []).extend(asks)
    for gateway in target.system.gateways:
        for route in gateway.routes:
            callers.setdefault(route.to.name, []).append(_public(target, route.path))
    for callee in sorted(callers):
        yield from _freeze(target, callee, callers[callee])
    for gateway in target.system.gateways:
        for route in gateway.routes:
            if isinstance(route.to, Balancer):
                yield from _spared(target, route.path, route.to)


def _noticing(target: Target, link: Link) -> Iterator[Service]:
    """Who tells on a page that the link's callee does not answer: its caller, or those that come by a pooler."""
    caller = target.system.by_name[link.caller]
    if isinstance(caller, Pooler):
        for other in target.system.callers(caller):
            yield from _noticing(target, other)
    elif caller.health.ready in READY and not isinstance(caller, WITHOUT_A_PAGE):
        yield caller


def _spared(target: Target, path: str, balancer: Balancer) -> Iterator[Row]:
    """Each member in turn, where there is another and it is in: from the first moment to the last, no client meets an
    error.
    """
    ask, cookie = _public(target, path), re.compile(rf"\b{re.escape(balancer.cookie)}=([^;,]+)")

    def members_in() -> bool:
        found = [cookie.search(ask()[1].headers.get("set-cookie", "")) for _ in range(CLIENTS)]
        return len({it[1] for it in found if it}) == len(balancer.members)

    for member in balancer.members if len(balancer.members) > 1 else ():
        with frozen(target, member.name):
            found = [ask() for _ in range(CLIENTS)]
        worst = max(found, key=lambda it: (it[1].status >= 500, it[2]))
        ok = all(0 < answer.status < 500 and took <= LIMIT for _, answer, took in found)
        claim = f"answers by the other members within {LIMIT:.0f} s"
        yield Row(f"{worst[0]}, without {member.name}", claim, ok, _said(*worst[1:]))
        took, ok = _until(members_in)
        yield Row(member.name, "has clients again afterwards", ok, f"after {took:.1f} s")


def _freeze(target: Target, callee: str, callers: list[Ask]) -> Iterator[Row]:
    """A timeout that is too long is so each time, a machine without time is not: what was late is tried again."""
    for _ in range(ATTEMPTS):
        with ThreadPoolExecutor(len(callers)) as pool:
            with frozen(target, callee):
                found = list(pool.map(lambda ask: ask(), callers))
            recovered, well = _until(lambda: not _failing(pool, callers))
        if all(took <= LIMIT for *_, took in found):
            break
    for caller, answer, took in found:
        ok = answer.status >= 500 and took <= LIMIT
        yield Row(f"{caller}, without {callee}", f"answers with an error within {LIMIT:.0f} s", ok, _said(answer, took))
    yield Row(callee, "is used again afterwards", well, f"after {recovered:.1f} s")


def _until(holds: Callable[[], bool]) -> tuple[float, bool]:
    """The seconds until `holds`, and whether it did in time."""
    began = time.monotonic()
    while not (well := holds()) and time.monotonic() - began < RECOVERY:
        time.sleep(0.5)
    return time.monotonic() - began, well


def _failing(pool: ThreadPoolExecutor, callers: list[Ask]) -> bool:
    return any(answer.status >= 500 for _, answer, _ in list(pool.map(lambda ask: ask(), callers)))


@contextmanager
def frozen(target: Target, service: str) -> Iterator[None]:
    """The service's tasks are stopped in their tracks, and go on in any case."""
    paused: list[Task] = []
    try:
        for task in target.of(service):
            _pause(target, task)
            paused.append(task)
        yield
    finally:
        for task in paused:
            target.engine.unpause(task.container)


def _pause(target: Target, task: Task) -> None:
    """A busy machine does not always get hold of every process of a container at the first attempt."""
    for attempt in range(ATTEMPTS):
        try:
            target.engine.pause(task.container)
        except APIError:
            if attempt + 1 == ATTEMPTS:
                raise
            time.sleep(1)
        else:
            return


def _ready(task: Task, service: Service) -> Ask:
    def ask() -> tuple[str, Answer, float]:
        began = time.monotonic()
        try:
            with network_of(task.pid):
                stream = socket.create_connection((LOOPBACK, service.loopback or 0), LIMIT + 2)
            with stream:
                answer = request(stream, LOOPBACK, "GET", service.health.ready)
        except (OSError, http.client.HTTPException) as error:
            answer = Answer(0, {}, str(error).encode())
        return task.service, answer, time.monotonic() - began

    return ask


def _public(target: Target, path: str) -> Ask:
    public = Public.of(target)

    def ask() -> tuple[str, Answer, float]:
        began = time.monotonic()
        try:
            answer = public.ask("GET", path)
        except (OSError, http.client.HTTPException) as error:
            answer = Answer(0, {}, str(error).encode())
        return f"gateway at {path}", answer, time.monotonic() - began

    return ask


def _said(answer: Answer, took: float) -> str:
    try:
        callees = json.loads(answer.body)["callees"]
        failing = ", ".join(name for name, callee in callees.items() if not callee["ok"])
    except (ValueError, KeyError, TypeError):
        failing = ""
    return f"{answer.status or 'no answer'} in {took:.2f} s" + (f": {failing}" if failing else "")
