"""What every role serves on loopback: /health, /ready and /metrics, JSON errors, and an answer within 3 s."""

# mypy: allow-untyped-decorators

import asyncio
import logging
import os
import threading

import httpx
import psycopg
import redis
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from kombu.exceptions import OperationalError as QueueError  # type: ignore[import-not-found]
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from apps.cache import AllowanceError
from apps.links import Links
from apps.logs import log_json
from apps.metrics import Observed
from apps.ready import check, watch
from apps.reload import reload_on_change

log = logging.getLogger(__name__)

UNREACHABLE = (
    httpx.HTTPError, psycopg.OperationalError, redis.ConnectionError, redis.TimeoutError,
    QueueError, ConnectionError, TimeoutError,
)  # fmt: skip


def service(links: Links, *, watched: bool = True) -> FastAPI:
    """An application with what every role serves; a role adds its routes. Unless `watched`, its callees are not asked
    again and again.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Observed)
    for error in UNREACHABLE:
        app.add_exception_handler(error, _unreachable)
    app.add_exception_handler(AllowanceError, _busy)

    @app.on_event("startup")
    async def startup() -> None:
        app.state.watch = asyncio.create_task(watch(links)) if watched else None

    @app.get("/health")
    async def health() -> dict[str, bool]:
        return {"alive": True}

    @app.get("/ready")
    async def ready() -> JSONResponse:
        callees = await check(links)
        well = all(callee["ok"] for callee in callees.values())
        return JSONResponse({"ready": well, "callees": callees}, status_code=200 if well else 503)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


def serve(app: FastAPI) -> None:
    """Serve on 127.0.0.1:$PORT until SIGTERM, then finish what has begun."""
    _prepare()
    _server(app).run()


def serve_beside(app: FastAPI) -> None:
    """Serve from a thread, beside a program that has the main thread and its signals."""
    _prepare()
    threading.Thread(target=_server(app).run, daemon=True).start()


def _prepare() -> None:
    log_json()
    reload_on_change()


def _server(app: FastAPI) -> uvicorn.Server:
    port = int(os.environ["PORT"])
    return uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False, server_header=False)
    )


async def _unreachable(_: Request, error: Exception) -> JSONResponse:
    log.warning("a callee does not answer", extra={"fields": {"error": type(error).__name__}})
    return JSONResponse({"error": "a service behind this one does not answer"}, status_code=503)


async def _busy(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"error": "too many requests"}, status_code=429, headers={"Retry-After": "60"})
