"""A callee that stops answering: its callers say so within 3 s, and are well again when it comes back."""

# mypy: allow-untyped-calls

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from diagram import Edge, Gateway, Service
from verify.namespace import network_of
from verify.public import Answer, Public, request
from verify.report import Row
from verify.running import Target, Task

LIMIT = 3.0
RECOVERY = 20
LOOPBACK = "127.0.0.1"
READY = frozenset({"/ready", "/api/v1/health/readiness"})
"""The pages of our applications that ask every callee."""


def outage(target: Target) -> Iterator[Row]:
    """Each callee of an application or a gateway is frozen for as long as its callers need to notice."""
    callers: dict[str, list[Callable[[], tuple[str, Answer, float]]]] = {}
    for link in target.system.links:
        caller = target.system.by_name[link.caller]
        if caller.health.ready in READY and not isinstance(caller, Gateway | Edge):
            asks = [_ready(task, caller) for task in target.of(caller.name)]
            callers.setdefault(link.callee, []).extend(asks)
    for gateway in target.system.gateways:
        for route in gateway.routes:
            callers.setdefault(route.to.name, []).append(_public(target, route.path))
    for callee in sorted(callers):
        yield from _freeze(target, callee, callers[callee])


def _freeze(target: Target, callee: str, callers: list[Callable[[], tuple[str, Answer, float]]]) -> Iterator[Row]:
    with frozen(target, callee), ThreadPoolExecutor(len(callers)) as pool:
        found = list(pool.map(lambda ask: ask(), callers))
    for caller, answer, took in found:
        ok = answer.status >= 500 and took <= LIMIT
        yield Row(f"{caller}, without {callee}", f"answers with an error within {LIMIT:.0f} s", ok, _said(answer, took))
    began = time.monotonic()
    while (left := [ask for ask in callers if ask()[1].status >= 500]) and time.monotonic() - began < RECOVERY:
        time.sleep(0.5)
    yield Row(callee, "is used again afterwards", not left, f"after {time.monotonic() - began:.1f} s")


@contextmanager
def frozen(target: Target, service: str) -> Iterator[None]:
    """The service's tasks are stopped in their tracks, and go on in any case."""
    paused: list[Task] = []
    try:
        for task in target.of(service):
            target.engine.pause(task.container)
            paused.append(task)
        yield
    finally:
        for task in paused:
            target.engine.unpause(task.container)


def _ready(task: Task, service: Service) -> Callable[[], tuple[str, Answer, float]]:
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


def _public(target: Target, path: str) -> Callable[[], tuple[str, Answer, float]]:
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
