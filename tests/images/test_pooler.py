"""PgBouncer in front of PostgreSQL: who gets in, by what, how far, and how many at once."""

import json
from typing import Any

import pytest

from tests.images.certificates import Authority
from tests.images.lab import Lab, run
from tests.images.pooled import OWN, Pooled, url

pytestmark = [pytest.mark.live, pytest.mark.timeout(420)]

CLIENTS = 10_000
SCRAPE = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:19127/metrics').read().decode())"
MANY = """
import json, resource, sys, time
from concurrent.futures import ThreadPoolExecutor
import psycopg
address, wanted, asked = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
begun = time.monotonic()
with ThreadPoolExecutor(16) as pool:
    connect = lambda _: psycopg.connect(address, autocommit=True, prepare_threshold=None, connect_timeout=60)
    held = list(pool.map(connect, range(wanted)))
made = time.monotonic() - begun
took = []
for number in range(asked):
    begun = time.monotonic()
    assert held[number * 7919 % wanted].execute("SELECT 1").fetchone() == (1,)
    took.append(time.monotonic() - begun)
took.sort()
open_still = sum(not connection.closed for connection in held)
print(json.dumps({"held": open_still, "connected_s": made, "p50_ms": took[asked // 2] * 1e3,
                  "p95_ms": took[asked * 95 // 100] * 1e3}), flush=True)
import os
os._exit(0)
"""
"""Connects so many times, then asks over connections from all over, and tells the milliseconds of the answers."""


@pytest.fixture
def pooled(lab: Lab) -> Pooled:
    made = Pooled(lab)
    made.start()
    return made


def test_only_a_declared_caller_is_pooled_and_ten_thousand_are(pooled: Pooled) -> None:
    """One deployment: every wrong way in is refused, the right one leads to the caller's own role, and many fit."""
    callers, others = pooled.callers, Authority("others")
    client = pooled.client(
        "postgres", own=callers.client("api_g1"), late=callers.client("api_g1", expired=True),
        alien=others.client("api_g1"), other=pooled.database_callers.client("api_g1"),
        reader=callers.client("exporter_g1"), pooler=pooled.database_callers.client(OWN),
    )  # fmt: skip

    def ask(address: str, word: str, statement: str = "SELECT current_user") -> tuple[int, str]:
        return run(client, "psql", "-XAtq", address, "-c", statement, PGPASSWORD=word)

    assert ask(url("api_g1", "own"), "first") == (0, "api_g1\n")
    assert ask(url("api_g2", "own"), "second") == (0, "api_g2\n")
    assert ask(url("api_g1", "own"), "first", "INSERT INTO note VALUES ('kept') RETURNING line") == (0, "kept\n")
    assert ask(url("exporter_g1", "reader", database="pgbouncer"), "reading", "SHOW POOLS")[0] == 0
    assert "admin access needed" in ask(url("exporter_g1", "reader", database="pgbouncer"), "reading", "PAUSE")[1]

    refused = {
        "a wrong password": (url("api_g1", "own"), "wrong"),
        "no password": (url("api_g1", "own"), ""),
        "no certificate": (url("api_g1", None), "first"),
        "another authority": (url("api_g1", "alien"), "first"),
        "the database's authority": (url("api_g1", "other"), "first"),
        "an expired certificate": (url("api_g1", "late"), "first"),
        "no TLS": (url("api_g1", "own").replace("verify-full", "disable"), "first"),
        "a caller from another's network": (url("worker_g1", "own"), "third"),
        "the superuser": (url("rempart", "own"), "first"),
        "a role that the pooler does not stand for": (url("stranger_g1", "own"), "fourth"),
        "the pooler's own login": (url(OWN, "own"), "pooling"),
        "a caller at the console": (url("api_g1", "own", database="pgbouncer"), "first"),
        "the exporter at the database": (url("exporter_g1", "reader"), "reading"),
        "a caller at the database itself": (url("api_g1", "own", at="postgres:5432"), "first"),
    }
    assert {what: answer for what, (a, w) in refused.items() if (answer := ask(a, w))[0] == 0} == {}

    own = url(OWN, "pooler", at="postgres:5432")
    verifier = "SELECT count(verifier) FROM pooling.pooler('{}')"
    assert ask(own, "pooling", verifier.format("api_g1")) == (0, "1\n")
    assert {ask(own, "pooling", verifier.format(it)) for it in ("rempart", OWN, "stranger_g1")} == {(0, "0\n")}
    assert "permission denied" in ask(own, "pooling", "SELECT * FROM note")[1]

    watched = pooled.exporter()
    figures = hold(pooled, CLIENTS, asked=300)
    assert figures["held"] == CLIENTS
    shown = run(watched, "python3", "-c", SCRAPE)[1]
    assert "pgbouncer_up 1" in shown
    assert 'pgbouncer_stats_queries_total{database="notes"}' in shown
    assert f"pgbouncer_config_max_client_connections {CLIENTS}" in shown
    assert run(pooled.lab.healthy("pooler"), "probe-pooler", "6432")[0] == 0
    assert "SCRAM-SHA-256$" not in pooled.lab.logs("pooler")


def hold(pooled: Pooled, many: int, asked: int) -> dict[str, Any]:
    """What `MANY` tells of so many connections."""
    client = pooled.client("app", own=pooled.callers.client("api_g1"))
    status, told = run(client, "python3", "-c", MANY, url("api_g1", "own"), str(many), str(asked), PGPASSWORD="first")
    assert status == 0, told
    figures: dict[str, Any] = json.loads(told.splitlines()[-1])
    return figures
