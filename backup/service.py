"""The service: takes what is due, tells people, and answers for its health and metrics on loopback."""

import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import psycopg

from backup import rules, status
from backup.errors import BackupError, BusyError
from backup.given import Given
from backup.log import log
from backup.notify import channels
from backup.outcome import Outcome
from backup.run import back_up
from backup.status import Status

LOOK = 5
"""Seconds between two looks at the schedule."""
PATIENCE = 300
"""Seconds until a failed run is tried again."""


def serve(given: Given) -> None:
    """Serve until SIGTERM ends the process: a run that it cuts short leaves nothing that counts."""
    Thread(target=_work, args=(given,), daemon=True).start()
    handler = type("Handler", (Handler,), {"given": given})
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), handler).serve_forever()


def attempt(given: Given, classes: list[str]) -> Outcome:
    """A run, whatever comes of it: kept in the status, logged, and told to people. While another is under way, none."""
    log("a backup begins", classes=classes)
    try:
        outcome = back_up(given, classes)
    except BusyError as error:
        return Outcome(status.now().isoformat(), error=str(error))
    except BackupError as error:
        outcome = Outcome(status.now().isoformat(), error=str(error))
    before = Status(given).read().get("last", {}).get("error", "")
    Status(given).ended(outcome)
    log("a backup failed" if outcome.error else "a backup is kept", **vars(outcome))
    if outcome.error and not before:
        tell(given, "Backup FAILED", outcome.error)
    elif not outcome.error and (before or "daily" in classes):
        tell(given, "Backup done", f"{', '.join(outcome.files)}: {outcome.rows} rows, {outcome.sealed} bytes")
    return outcome


def tell(given: Given, subject: str, text: str) -> None:
    """Send to every channel; one that fails is counted and logged, and stops nothing."""
    for name, send in channels().items():
        try:
            send(subject, text)
        except Exception as error:  # whatever a library raises, the backup is not its business
            Status(given).unsent(name)
            log("a message could not be sent", channel=name, error=type(error).__name__)


def _work(given: Given) -> None:
    while not _reaches(given):  # at the start of a platform everything starts at once
        time.sleep(1)
    wait_until = 0.0
    while True:
        due = rules.due(given.rules, given.store.copies(), status.now())
        if due and time.monotonic() >= wait_until and attempt(given, due).error:
            wait_until = time.monotonic() + PATIENCE
        time.sleep(LOOK)


class Handler(BaseHTTPRequestHandler):
    """/health, /database (ready), /metrics and /status."""

    given: Given

    def do_GET(self) -> None:
        """Answer one of the four pages."""
        match self.path:
            case "/health":
                self._answer(200, '{"alive": true}')
            case "/database":
                reached = _reaches(self.given)
                self._answer(200 if reached else 503, json.dumps({"ready": reached}))
            case "/metrics" | "/status":
                found = status.metrics(self.given, Status(self.given).read(), status.now())
                self._answer(200, status.exposition(found) if self.path == "/metrics" else json.dumps(found))
            case _:
                self._answer(404, '{"error": "no such page"}')

    def _answer(self, code: int, text: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "application/json" if text.startswith("{") else "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: probes would fill the log."""


def _reaches(given: Given) -> bool:
    try:
        with psycopg.connect(
            given.database.conninfo, password=given.database.password, connect_timeout=2
        ) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True
