"""PgBouncer's figures for Prometheus: asks its console over the link, answers on loopback.

`/metrics` shows them, `pgbouncer_up` among them; every other path says that the exporter itself is alive.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg2

URL = next(value for name, value in os.environ.items() if name.endswith("_URL"))
PASSWORD = Path(next(value for name, value in os.environ.items() if name.endswith("_PASSWORD_FILE")))
POOLS = {
    "cl_active": ("client_active_connections", 1.0), "cl_waiting": ("client_waiting_connections", 1.0),
    "sv_active": ("server_active_connections", 1.0), "sv_idle": ("server_idle_connections", 1.0),
    "sv_used": ("server_used_connections", 1.0), "sv_login": ("server_login_connections", 1.0),
    "maxwait": ("client_maxwait_seconds", 1.0),
}  # fmt: skip
STATS = {
    "total_xact_count": ("transactions_total", 1.0), "total_query_count": ("queries_total", 1.0),
    "total_received": ("received_bytes_total", 1.0), "total_sent": ("sent_bytes_total", 1.0),
    "total_xact_time": ("transactions_seconds_total", 1e-6), "total_query_time": ("queries_seconds_total", 1e-6),
    "total_wait_time": ("client_wait_seconds_total", 1e-6),
}  # fmt: skip
CONFIGURED = {"max_client_conn": "max_client_connections", "default_pool_size": "default_pool_size"}
"""Columns of SHOW POOLS and SHOW STATS, and rows of SHOW CONFIG: their metrics, and what a column's unit is in them."""


def figures() -> Iterator[str]:
    """Every sample in Prometheus' text format. Raises psycopg2.Error when the console does not answer."""
    with closing(psycopg2.connect(URL, password=PASSWORD.read_text(), connect_timeout=5)) as connection:
        connection.autocommit = True  # the console knows no transactions
        for row in _rows(connection, "POOLS"):
            yield from _samples("pools", POOLS, row, database=row["database"], user=row["user"])
        for row in _rows(connection, "STATS"):
            yield from _samples("stats", STATS, row, database=row["database"])
        for row in _rows(connection, "CONFIG"):
            if row["key"] in CONFIGURED:
                yield f"pgbouncer_config_{CONFIGURED[row['key']]} {row['value']}"
    yield "pgbouncer_up 1"


def _rows(connection: Any, what: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {what}")
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _samples(group: str, metrics: dict[str, tuple[str, float]], row: dict[str, Any], **labels: str) -> Iterator[str]:
    shown = ",".join(f'{name}="{value}"' for name, value in labels.items())
    for column, (metric, unit) in metrics.items():
        yield f"pgbouncer_{group}_{metric}{{{shown}}} {float(row[column]) * unit:.15g}"


class Exporter(BaseHTTPRequestHandler):
    """Answers a scrape, or a health check."""

    def do_GET(self) -> None:
        lines = ["alive"]
        if self.path == "/metrics":
            try:
                lines = list(figures())
            except psycopg2.Error as error:
                print(f"exporter: {str(error).strip()}", file=sys.stderr)
                lines = ["pgbouncer_up 0"]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(("\n".join(lines) + "\n").encode())

    def log_message(self, *_: object) -> None:
        """A health check every few seconds is no news."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Exporter).serve_forever()
