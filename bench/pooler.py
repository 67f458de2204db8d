"""What PgBouncer costs, and whether it holds ten thousand clients: in containers of the project's own images."""

import json
from collections.abc import Iterator

from bench.checkout import built
from bench.figure import Figure, Line, Samples
from bench.options import Options
from bench.process import MeasureError
from diagram.description import in_bytes
from tests.images.lab import Lab, run
from tests.images.pooled import CLIENTS, OWN, Pooled, hold, url

ASKED = 1000
DATABASE_MS = 100
"""The response time that SamaConso's document asks of its database."""
TIMED = """
import json, sys, time
import psycopg
asked, addresses = int(sys.argv[1]), sys.argv[2:]
took = [[] for _ in addresses]
words = ["pooling", "first"]
held = [psycopg.connect(a, password=w, autocommit=True, prepare_threshold=None) for a, w in zip(addresses, words)]
for _ in range(asked):
    for times, connection in zip(took, held):
        begun = time.perf_counter()
        connection.execute("SELECT 1").fetchone()
        times.append(time.perf_counter() - begun)
print(json.dumps([sorted(times)[asked // 2] * 1e3 for times in took]))
"""
"""The medians, in milliseconds, of queries that go straight and by the pooler in turn."""


def pooler(options: Options) -> Iterator[Line]:
    """A query by the pooler beside the same query straight to the database; and one beside ten thousand clients."""
    built("app", "pgbouncer", "postgres")
    lab = Lab()
    try:
        pooled = Pooled(lab)
        pooled.start()
        straight, by_pooler = zip(*(_medians(pooled) for _ in range(options.runs)), strict=True)
        name = "a query by PgBouncer, both ends verified"
        yield Figure(name, Samples(by_pooler), "ms", "straight to PostgreSQL", Samples(straight))
        figures = hold(pooled, CLIENTS, ASKED)
        name = f"a query, 95th percentile, while {figures['held']:,} clients are connected"
        yield Figure(name, Samples((figures["p95_ms"],)), "ms", aim=DATABASE_MS)
        held = Samples((pooled.memory() / 1024**2,))
        yield Figure(
            f"PgBouncer's memory, {CLIENTS:,} clients by TLS", held, "MiB", aim=in_bytes(pooled.pooler.memory) / 1024**2
        )
        yield Figure(f"connecting {CLIENTS:,} clients, TLS and SCRAM", Samples((figures["connected_s"],)))
    finally:
        lab.close()


def _medians(pooled: Pooled) -> tuple[float, float]:
    callers = pooled.callers.client("api_g1"), pooled.database_callers.client(OWN)
    client = pooled.client("app", own=callers[0], pooler=callers[1])
    addresses = url(OWN, "pooler", at="postgres:5432"), url("api_g1", "own")
    status, told = run(client, "python3", "-c", TIMED, str(ASKED), *addresses)
    client.remove(force=True)
    if status:
        raise MeasureError(f"the client failed: {told[-300:]}")
    straight, by_pooler = json.loads(told.splitlines()[-1])
    return straight, by_pooler
