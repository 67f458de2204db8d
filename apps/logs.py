"""Logs as JSON lines on standard error, without what a user wrote: an exception is its type and its place."""

import json
import logging
import os
import sys
import time
from traceback import extract_tb

from prometheus_client import Counter

LINES = Counter("log_lines", "Lines written to the log.", ["level"])


class JsonLine(logging.Formatter):
    """A record as one JSON object. Messages of exceptions are left out: a database repeats the row in them."""

    def format(self, record: logging.LogRecord) -> str:
        LINES.labels(record.levelname).inc()
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            place = extract_tb(record.exc_info[2])[-1]
            line |= {"error": record.exc_info[0].__name__, "at": f"{place.filename}:{place.lineno}"}
        return json.dumps(line | getattr(record, "fields", {}))


def log_json() -> None:
    """Send every logger to JSON lines at LOG_LEVEL (INFO without one)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLine())
    level = os.environ.get("LOG_LEVEL", "INFO")
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("asyncio", "celery", "httpx", "kombu", "psycopg", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # Celery would log a failed task's message; apps.tasks logs its type.
    logging.getLogger("celery.app.trace").setLevel(logging.CRITICAL)
