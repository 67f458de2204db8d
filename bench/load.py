"""SamaConso's figures under load, on its running stack: its clients ask while its pooler holds all that it can."""

# mypy: allow-untyped-calls

import http.client
import json
import math
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from socket import create_connection

import docker
from docker import APIClient
from docker.errors import APIError

from bench.figure import Figure, Line, Samples
from bench.options import ROOT, Options
from bench.process import MeasureError
from diagram import Pooler
from settings import SettingsError
from tests.images.lab import as_archive
from tests.images.pooled import CONNECTED
from verify import clients
from verify.expected import expected
from verify.namespace import network_of
from verify.public import Public, request
from verify.running import NothingRunsError, Target, Task
from verify.speech import Credential
from verify.tls import client

STACK = "samaconso"
OWN = 50
"""Clients of the pooler that the stack itself needs meanwhile: the rest of what it holds are ours."""
PAGE = "/api/consumption"
REQUESTS, RATE = 1_000, 8
"""So many in all and in a second: the gateway lets ten pass of one address."""
AT_ONCE = 1_000
"""The simultaneous requests of the document's own load test."""
USERS = 20
"""Each may ask twice a second."""
API_MS, DATABASE_MS, ERRORS = 500, 100, 0.1
HOLD = f"""
{CONNECTED}
from pathlib import Path
from apps.links import Links, Postgres
link, wanted = Links().to("pgbouncer", Postgres), int(sys.argv[1])
held, made = connected(wanted, link.conninfo, password=link.password)
print(json.dumps(dict(connected_s=made)), flush=True)
took, number = [], 0
def ask(connection):
    begun = time.monotonic()
    assert connection.execute("SELECT 1").fetchone() == (1,)
    took.append(time.monotonic() - begun)
while not Path("/tmp/enough").exists():
    ask(held[number * 7919 % wanted])
    number += 1
    time.sleep(0.1)
meanwhile, took = sorted(took), []
for connection in held:
    ask(connection)
print(json.dumps(dict(answered=len(took), asked=number, p95_ms=meanwhile[number * 95 // 100] * 1e3)), flush=True)
os._exit(0)
"""
"""Holds so many clients of the pooler, asks by one after another until /tmp/enough exists, and then once by each."""


@dataclass(frozen=True)
class Asked:
    """What came of many requests: the milliseconds of those that were answered well, in rising order, and how many of
    the rest had each other status; 0 is none at all.
    """

    milliseconds: Sequence[float]
    others: Mapping[int, int]

    @staticmethod
    def of(found: Sequence[tuple[int, float]]) -> "Asked":
        """From each request's status and seconds."""
        others = Counter(status for status, _ in found if status != 200)
        return Asked(sorted(took * 1e3 for status, took in found if status == 200), others)

    @property
    def failed(self) -> int:
        """How many were not answered well."""
        return sum(self.others.values())

    @property
    def p95(self) -> float:
        """The 95th percentile, and infinity when that one was not answered."""
        place = math.ceil((len(self.milliseconds) + self.failed) * 0.95) - 1
        return self.milliseconds[place] if place < len(self.milliseconds) else math.inf

    @property
    def percent_failed(self) -> float:
        """The share of requests that were not answered well."""
        return 100 * self.failed / (len(self.milliseconds) + self.failed)


def load(_options: Options) -> Iterator[Line]:
    """Once: customers through the gateway beside a full pooler, and then the document's simultaneous requests."""
    try:
        target = Target(ROOT, STACK, *expected(ROOT, STACK), APIClient(timeout=600))
        _ = target.tasks
    except (SettingsError, NothingRunsError) as error:
        raise MeasureError(str(error)) from None
    users = [clients.token(target, clients.SAMACONSO, f"load-{number}") for number in range(USERS)]
    public = Public.of(target)
    yield from _figures("alone", _paced(public, users))
    pooler = next(service for service in target.system.services if isinstance(service, Pooler))
    with _full(target, pooler.clients - OWN) as (connected, enough):
        asked = _paced(public, users)
        held = enough()
    beside = f"while {held['answered']:,} clients of ours are connected to PgBouncer"
    yield from _figures(beside, asked)
    yield Figure(f"a query {beside}, 95th percentile", Samples((held["p95_ms"],)), "ms", aim=DATABASE_MS)
    yield Figure(f"connecting {held['answered']:,} clients to PgBouncer", Samples((connected["connected_s"],)))
    time.sleep(60)  # every customer's allowance is whole again
    yield from _figures(f"of {AT_ONCE:,} at once, without the gateway's limit", _at_once(target, users))


def _figures(when: str, asked: Asked) -> Iterator[Line]:
    yield Figure(f"a customer's request {when}, 95th percentile", Samples((asked.p95,)), "ms", aim=API_MS)
    statuses = ", ".join(f"{many} had {status or 'no answer'}" for status, many in sorted(asked.others.items()))
    failed = f"requests {when}, not answered well" + (f" ({statuses})" if statuses else "")
    yield Figure(failed, Samples((asked.percent_failed,)), "%", aim=ERRORS)


def _paced(public: Public, users: Sequence[dict[str, str]]) -> Asked:
    """One after another at the gateway's pace, each on a connection of its own, its handshake included."""
    began = time.monotonic()

    def ask(number: int) -> tuple[int, float]:
        time.sleep(max(began + number / RATE - time.monotonic(), 0))
        return _timed(lambda: public.ask("GET", PAGE, headers=users[number % USERS]).status)

    with ThreadPoolExecutor(RATE * 4) as pool:
        return Asked.of(list(pool.map(ask, range(REQUESTS))))


def _at_once(target: Target, users: Sequence[dict[str, str]]) -> Asked:
    """From where the gateway stands, with its certificate: every connection is open before the first request."""
    link = next(it for it in target.system.links if (it.caller, it.callee) == ("gateway", "balancer"))
    gateway, balancer = target.of(link.caller)[0], target.of(link.callee)[0]
    good = Credential.of(gateway, link)
    context = client(good.roots, good.identity)
    shared = next(iter(gateway.addresses.keys() & balancer.addresses.keys()))

    def connect(_: int) -> ssl.SSLSocket:
        with network_of(gateway.pid):
            plain = create_connection((str(balancer.addresses[shared]), link.port), 60)
        return context.wrap_socket(plain, server_hostname=link.callee)

    with ExitStack() as stack, ThreadPoolExecutor(AT_ONCE) as pool:
        streams = [stack.enter_context(stream) for stream in pool.map(connect, range(AT_ONCE))]

        def ask(number: int) -> tuple[int, float]:
            headers = users[number % USERS]
            return _timed(lambda: request(streams[number], link.callee, "GET", PAGE, headers).status)

        return Asked.of(list(pool.map(ask, range(AT_ONCE))))


def _timed(ask: Callable[[], int]) -> tuple[int, float]:
    began = time.monotonic()
    try:
        status = ask()
    except (OSError, http.client.HTTPException):
        status = 0
    return status, time.monotonic() - began


@contextmanager
def _full(target: Target, count: int) -> Iterator[tuple[dict[str, float], Callable[[], dict[str, float]]]]:
    """So many clients as one of the APIs, from its own network: what connecting took, and how to end it."""
    task: Task = target.of("api-1")[0]
    engine = docker.from_env(timeout=600)
    container = engine.containers.create(
        task.image, entrypoint=["python3", "-c", HOLD, str(count)], command=[], working_dir="/app",
        environment=dict(task.env), network_mode=f"container:{task.container}", init=True,
    )  # fmt: skip
    try:
        files = {f"run/secrets/{path.name}": path.read_text() for path in task.secrets()}
        container.put_archive("/", as_archive(files))
        container.start()

        def told(lines: int) -> dict[str, float]:
            while len(said := container.logs(stderr=False).decode().splitlines()) < lines:
                container.reload()
                if container.status == "exited":
                    raise MeasureError(f"the pooler's clients ended: {container.logs()[-300:].decode()}")
                time.sleep(1)
            found: dict[str, float] = json.loads(said[lines - 1])
            return found

        def enough() -> dict[str, float]:
            with suppress(APIError):  # it has ended: `told` says of what
                container.exec_run(["touch", "/tmp/enough"])  # noqa: S108 - in its own container
            return told(2)

        yield told(1), enough
    finally:
        container.remove(force=True)
