"""SamaConso's maintenance: what each job looks at. Nothing here changes or deletes anything.

Autovacuum vacuums and analyses; the broker and the cache are asked for figures; images, logs and volumes are the
engine's and its operator's, which a service of the platform does not reach.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg

from apps.cache import client
from apps.links import Http, LinkError, Links, Postgres, Redis

DISK = 85
"""Per cent of a disk in use above which the documents alert."""
HIT_RATIO = 99
"""Per cent of reads that PostgreSQL's cache must answer."""
LINES = 100
"""Log lines ERROR or CRITICAL above which the documents warn."""
QUEUES = re.compile(r'^rabbitmq_queue_(messages_ready|consumers)\{[^}]*queue="([^"]+)"[^}]*\} (\S+)$', re.MULTILINE)
ERRORS = re.compile(r'^log_lines_total\{level="(?:ERROR|CRITICAL)"\} (\S+)$', re.MULTILINE)

LARGEST = """
    SELECT relname, pg_size_pretty(pg_total_relation_size(relid)), n_dead_tup, last_autovacuum
    FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC LIMIT %s"""
CANDIDATES = "SELECT relation, column_name FROM index_candidates() LIMIT 10"
UNUSED = """
    SELECT s.relname, s.indexrelname FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid)
    WHERE s.idx_scan = 0 AND NOT i.indisprimary ORDER BY 1, 2"""
SLOW = """
    SELECT queryid, calls, round(mean_exec_time), left(regexp_replace(query, '\\s+', ' ', 'g'), 60)
    FROM pg_stat_statements WHERE mean_exec_time > %s AND query ~* '^\\s*(select|insert|update|delete|with)\\M'
    ORDER BY mean_exec_time DESC LIMIT %s"""
HITS = """
    SELECT sum(blks_hit), sum(blks_hit + blks_read) FROM pg_stat_database WHERE datname = current_database()"""


@dataclass(frozen=True)
class Finding:
    """What a job says of a subject; `ok` is None where it only tells."""

    subject: str
    says: str
    ok: bool | None = None


Findings = Iterator[Finding]


def _disk() -> Findings:
    found = os.statvfs(os.environ["JOBS_FOLDER"])
    used = 100 * (1 - found.f_bavail / found.f_blocks)
    yield Finding("disk of the data", f"{used:.0f}% used, at most {DISK}%", ok=used <= DISK)


def _errors() -> Findings:
    for name, link in _links(Http, "api-"):
        text = _get(link, "/metrics").text
        lines = int(sum(float(count) for count in ERRORS.findall(text)))
        yield Finding(f"{name}, log", f"{lines} lines ERROR or CRITICAL since its start", ok=lines <= LINES)


def _apis() -> Findings:
    for name, link in _links(Http, "api-"):
        try:
            yield Finding(name, f"/health answers {_get(link, '/health').status_code}", ok=True)
        except httpx.HTTPError as error:
            yield Finding(name, type(error).__name__, ok=False)


def _queues() -> Findings:
    figures: dict[str, dict[str, int]] = {}
    for what, queue, value in QUEUES.findall(_get(Links().to("rabbitmq", Http), "/metrics").text):
        figures.setdefault(queue, {})[what] = int(float(value))
    for queue, its in sorted(figures.items()):
        ready, consumers = its.get("messages_ready", 0), its.get("consumers", 0)
        if not queue.startswith("celeryev"):
            yield Finding(f"queue {queue}", f"{ready} messages, {consumers} consumers", ok=consumers > 0)


def _workers() -> Findings:
    links = Links()
    account = httpx.BasicAuth("operator", links.required_secret("flower-password").decode())
    answer = _get(links.to("flower", Http), "/api/workers?status=true", account).json()
    yield Finding(
        "workers", ", ".join(sorted(name for name, alive in answer.items() if alive)), ok=any(answer.values())
    )


def _report(connection: Any, *, tables: int, milliseconds: int, queries: int) -> Findings:
    hit, read = connection.execute(HITS).fetchone()
    ratio = 100 * float(hit) / float(read or 1)
    yield Finding("cache hit ratio", f"{ratio:.2f}%, at least {HIT_RATIO}%", ok=ratio >= HIT_RATIO)
    for name, size, dead, vacuumed in connection.execute(LARGEST, (tables,)):
        yield Finding(f"table {name}", f"{size}, {dead} dead rows, autovacuum {vacuumed or 'not yet'}")
    for identity, calls, mean, query in connection.execute(SLOW, (milliseconds, queries)):
        yield Finding(f"slow query {identity}", f"{mean} ms on average of {calls} calls: {query}")


def _database() -> str:
    with _connected() as connection:
        return f"SELECT 1 answers {connection.execute('SELECT 1').fetchone()[0]}"


def _connected() -> Any:
    ((_, link), *_) = _links(Postgres, "p")
    return psycopg.connect(link.conninfo, password=link.password, connect_timeout=2, autocommit=True)


def _cache() -> str:
    redis = client(Links().to("redis", Redis))
    try:
        told = redis.info()
    finally:
        redis.connection_pool.disconnect()
    used, most = told["used_memory_human"], told["maxmemory_human"]
    return f"PING; {used} of {most} used, {told['evicted_keys']} keys evicted"


def _links(kind: type[Any], prefix: str) -> list[tuple[str, Any]]:
    found = [
        (name, link) for name, link in Links().callees.items() if isinstance(link, kind) and name.startswith(prefix)
    ]
    if not found:
        raise LinkError(f"{prefix}: the environment describes no such link")
    return found


def _get(link: Http, path: str, account: httpx.BasicAuth | None = None) -> httpx.Response:
    with httpx.Client(base_url=link.url, verify=link.tls, timeout=5, trust_env=False, auth=account) as http:
        answer = http.get(path)
        answer.raise_for_status()
        return answer


def _of_a_week() -> Findings:
    with _connected() as connection:
        yield from _report(connection, tables=10, milliseconds=1000, queries=10)
        for relation, column in connection.execute(CANDIDATES):
            yield Finding("index candidate", f"{relation}.{column}")


def _of_a_month() -> Findings:
    with _connected() as connection:
        yield from _report(connection, tables=20, milliseconds=100, queries=20)
        for relation, index in connection.execute(UNUSED):
            yield Finding("unused index", f"{index} of {relation}")


def _by_hand() -> Findings:
    for what in ("available system updates", "security audit of the hosts (lynis)", "accounts of the hosts"):
        yield Finding("by hand", what)


def _base() -> Findings:
    yield Finding("database", _database(), ok=True)


def _redis() -> Findings:
    yield Finding("redis", _cache(), ok=True)


JOBS: Mapping[str, Mapping[str, Callable[[], Findings]]] = {
    "daily": {"disk": _disk, "log": _errors, "database": _base, "redis": _redis, "api": _apis},
    "weekly": {"database": _of_a_week, "redis": _redis, "rabbitmq": _queues, "workers": _workers},
    "monthly": {"database": _of_a_month, "people": _by_hand},
    "health": {
        "api": _apis, "database": _base, "redis": _redis, "rabbitmq": _queues, "workers": _workers, "disk": _disk,
    },
}  # fmt: skip
"""What each job looks at: part by part, because one that cannot be looked at must not hide the others."""
