"""Rate limits: more than a route allows is refused, and what it allows is not."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

from diagram import Gateway, Route
from verify.public import Public
from verify.report import Row
from verify.running import Target
from verify.tls import received

LIMITED = {429, 503}


def limits(target: Target) -> Iterator[Row]:
    """A burst on each route, then a pause until the limits have recovered."""
    public = Public.of(target)
    for gateway in target.system.services:
        if isinstance(gateway, Gateway):
            for route in gateway.routes:
                yield _burst(public, route)
            yield _unlimited(public)
            time.sleep(max(route.burst / route.rate for route in gateway.routes) + 1)


def _burst(public: Public, route: Route) -> Row:
    count = route.burst + 3 * route.rate
    statuses, seconds = _at_once(public, route.path, count)
    passed = sum(number for status, number in statuses.items() if status not in LIMITED)
    allowed = route.burst + 1 + route.rate * (seconds + 0.5)
    seen = f"{passed} of {count} pass, sent within {seconds * 1000:.0f} ms: {dict(sorted(statuses.items()))}"
    claim = f"{route.rate} requests a second, {route.burst} more at once"
    if allowed >= count:
        return Row(route.path, claim, ok=None, seen=f"this machine is too slow to exceed it: {seen}")
    return Row(route.path, claim, route.burst <= passed <= allowed, seen)


def _unlimited(public: Public) -> Row:
    statuses, _ = _at_once(public, "/health", 60)
    return Row("/health", "is not limited", set(statuses) == {200}, str(dict(statuses)))


def _at_once(public: Public, path: str, count: int) -> tuple[Counter[int], float]:
    """`count` requests, each on a connection that is open already: how often each status came, and the time to send."""
    request = f"GET {path} HTTP/1.1\r\nHost: {public.authority}\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n\r\n"
    with ExitStack() as stack:
        streams = [stack.enter_context(public.connect()) for _ in range(count)]
        began = time.monotonic()
        for stream in streams:
            stream.sendall(request.encode())
        seconds = time.monotonic() - began
        return Counter(int(received(stream).split(b" ", 2)[1]) for stream in streams), seconds
