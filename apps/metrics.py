"""What Prometheus reads, and the middleware that measures: every request has a time limit and is counted."""

import asyncio
import logging
import time
from pathlib import Path
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

SECONDS = 2.5
SECRETS = Path("/run/secrets")
PROBES = {"/health", "/ready", "/metrics", "/api/v1/health/liveness", "/api/v1/health/readiness"}

REQUESTS = Counter("http_requests_total", "Requests answered.", ["method", "path", "status"])
DURATION = Histogram(
    "http_request_duration_seconds", "Time to the whole answer.", ["method", "path"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10),
)  # fmt: skip
REACHABLE = Gauge("rempart_callee_reachable", "Whether the callee answered when it was last asked.", ["callee"])

log = logging.getLogger("apps.requests")


class Observed:
    """ASGI middleware: answers 503 when a request takes longer than 2.5 s, and counts and logs each by its route."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def watched(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await asyncio.wait_for(self.app(scope, receive, watched), SECONDS)
        except TimeoutError:
            if not status:
                await _too_late(watched)
        finally:
            record(scope, status or 500, time.perf_counter() - began)


def record(scope: Any, status: int, seconds: float) -> None:
    """Count a request under its route's template, so that no user's data becomes a label."""
    path, method = getattr(scope.get("route"), "path", "unmatched"), scope["method"]
    REQUESTS.labels(method, path, status).inc()
    DURATION.labels(method, path).observe(seconds)
    caller = dict(scope["headers"]).get(b"x-rempart-caller", b"").decode("latin-1")
    fields = {"method": method, "path": path, "status": status, "ms": round(seconds * 1000, 1), "caller": caller}
    level = logging.DEBUG if path in PROBES else logging.INFO
    log.log(level, "request", extra={"fields": fields})


async def _too_late(send: Any) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"error":"a service behind this one is too slow"}'})
