"""Rate limits: more than a route allows is refused, and what it allows is not."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from diagram import Gateway, Route
from verify.public import Public, request
from verify.report import Row
from verify.running import Target

CONNECTIONS = 8
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
    count = route.burst + 3 * route.rate + 2 * CONNECTIONS
    began = time.monotonic()
    statuses = _flood(public, route.path, count)
    seconds = time.monotonic() - began
    passed = sum(number for status, number in statuses.items() if status not in LIMITED)
    allowed = route.burst + 1 + route.rate * (seconds + 1)
    seen = f"{passed} of {count} pass in {seconds:.1f} s: {dict(sorted(statuses.items()))}"
    claim = f"{route.rate} r/s, burst {route.burst}"
    if passed == count and count <= allowed:
        return Row(route.path, claim, ok=None, seen=f"this machine is too slow to exceed it: {seen}")
    return Row(route.path, claim, route.burst <= passed <= min(allowed, count - 1), seen)


def _unlimited(public: Public) -> Row:
    statuses = _flood(public, "/health", 60)
    return Row("/health", "is not limited", set(statuses) == {200}, str(dict(statuses)))


def _flood(public: Public, path: str, count: int) -> Counter[int]:
    """`count` requests over a few connections at once: how often each status came."""
    shares = [count // CONNECTIONS + (number < count % CONNECTIONS) for number in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(lambda share: _repeat(public, path, share), shares), Counter())


def _repeat(public: Public, path: str, count: int) -> Counter[int]:
    with public.connect() as stream:
        return Counter(request(stream, public.authority, "GET", path).status for _ in range(count))
