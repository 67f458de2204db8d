"""PgBouncer in front of PostgreSQL: who gets in, by what, how far, and how many at once."""

import pytest

from diagram.description import in_bytes
from tests.images.certificates import Authority
from tests.images.lab import Lab, run
from tests.images.pooled import OWN, Pooled, hold, url

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

MANY = 1_000
"""Clients: five for each connection of the database. `make bench` holds ten thousand, which takes minutes."""
SCRAPE = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:19127/metrics').read().decode())"


@pytest.fixture
def pooled(lab: Lab) -> Pooled:
    made = Pooled(lab)
    made.start()
    return made


def test_only_a_declared_caller_is_pooled_and_a_thousand_clients_are_held(pooled: Pooled) -> None:
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
    figures = hold(pooled, MANY, asked=300)
    assert figures["held"] == MANY
    assert pooled.memory() < in_bytes(pooled.pooler.memory)
    shown = run(watched, "python3", "-c", SCRAPE)[1]
    assert "pgbouncer_up 1" in shown, pooled.lab.logs("exporter")
    assert 'pgbouncer_stats_queries_total{database="notes"}' in shown
    assert "pgbouncer_config_max_client_connections 10010" in shown
    assert run(pooled.lab.healthy("pooler"), "probe-pooler", "6432")[0] == 0
    assert "SCRAM-SHA-256$" not in pooled.lab.logs("pooler")
