"""A database behind its pooler, configured by the platform's own texts, in the laboratory."""

import json
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from components.text import pgbouncer, postgres
from diagram import Database, Link, Pooler, Protocol
from diagram.pooler import CONSOLE
from tests.images.certificates import Authority
from tests.images.lab import Lab, run
from tests.images.test_postgres_keeper import DATA, files_of, held

IMAGE = "rempart/any:sha256-" + "0" * 64
ELSEWHERE = IPv4Network("192.0.2.0/24")
OWN = "pooler_g1"
CLIENTS = 10_000
CONNECTED = """
import json, os, resource, sys, time
from concurrent.futures import ThreadPoolExecutor
import psycopg
from psycopg import waiting
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
waiting.wait = waiting.wait_epoll  # select() knows the first 1,024 files alone
def connected(wanted, address, **options):
    options = dict(options, autocommit=True, prepare_threshold=None, connect_timeout=60)
    begun = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        held = list(pool.map(lambda _: psycopg.connect(address, **options), range(wanted)))
    return held, time.monotonic() - begun
"""
"""How a program connects so many clients: it has them, and the seconds that took."""
MANY = f"""
{CONNECTED}
address, wanted, asked = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
held, made = connected(wanted, address)
took = []
for number in range(asked):
    begun = time.monotonic()
    assert held[number * 7919 % wanted].execute("SELECT 1").fetchone() == (1,)
    took.append(time.monotonic() - begun)
took.sort()
open_still = sum(not connection.closed for connection in held)
print(json.dumps(dict(held=open_still, connected_s=made, p50_ms=took[asked // 2] * 1e3,
                      p95_ms=took[asked * 95 // 100] * 1e3)), flush=True)
os._exit(0)
"""
"""Connects so many times, then asks over connections from all over, and tells the milliseconds of the answers."""


@dataclass
class Pooled:
    """`api` and `worker` are callers of the pooler, `worker` from another network; `exporter` reads its figures."""

    lab: Lab
    connections: int = 200
    root: Authority = field(default_factory=lambda: Authority("root"))
    callers: Authority = field(default_factory=lambda: Authority("callers"))
    database_callers: Authority = field(default_factory=lambda: Authority("database callers"))

    def __post_init__(self) -> None:
        self.database = Database(
            name="postgres", image=IMAGE, database="notes", connections=self.connections,
            schema_sql="CREATE TABLE IF NOT EXISTS note (line text); GRANT SELECT, INSERT ON note TO api;",
        )  # fmt: skip
        self.pooler = Pooler(name="pooler", image=IMAGE, of=self.database)
        self.lab.network.reload()
        self.network = IPv4Network(self.lab.network.attrs["IPAM"]["Config"][0]["Subnet"])

    def start(self) -> None:
        """Both are healthy: the pooler's health is a query through it."""
        self._database()
        leaf, own = self.root.server("pooler"), self.database_callers.client(OWN)
        files = {
            "front.pem": leaf.certificate, "front.pem.key": leaf.key, "callers.pem": self.callers.certificate,
            "root.pem": self.root.certificate, "postgres.pem": own.certificate, "postgres.pem.key": own.key,
            "postgres.password": "pooling",
            "users.txt": pgbouncer.users({OWN: "pooling"}, {"exporter_g1": postgres.verifier("reading", b"s" * 16)}),
        }  # fmt: skip
        admitted = {
            "api_g1": ("notes", self.network), "api_g2": ("notes", self.network), "worker_g1": ("notes", ELSEWHERE),
            "exporter_g1": ("pgbouncer", self.network), "rempart": ("notes", self.network),
            "stranger_g1": ("notes", self.network),
        }  # fmt: skip
        configs = {
            "/etc/pgbouncer/pgbouncer.ini": pgbouncer.settings(self.pooler, OWN, ["exporter_g1"]),
            "/etc/pgbouncer/callers": pgbouncer.admitted(admitted),
        }
        env = [
            f"POOLER_DESCRIPTORS={pgbouncer.descriptors(self.pooler)}", f"POOLER_LOGIN={OWN}", "POOLER_DATABASE=notes",
            "POOLER_PASSWORD_FILE=/run/secrets/postgres.password",
        ]  # fmt: skip
        check = ["probe-pooler", "6432"]
        self.lab.service(
            "pooler", "pgbouncer", ["pooler"], check, files=files, configs=configs, signal="SIGINT", env=env
        )
        self.lab.healthy("pooler")

    def _database(self) -> None:
        links = [
            Link(caller="pooler", callee="postgres", protocol=Protocol.postgres, port=5432),
            Link(caller="stranger", callee="postgres", protocol=Protocol.postgres, port=5432),
            *(
                Link(caller=name, callee="pooler", protocol=Protocol.postgres, port=6432, roles=("pooler_clients",))
                for name in ("api", "worker")
            ),
        ]
        words = {OWN: "pooling", "api_g1": "first", "api_g2": "second", "worker_g1": "third", "stranger_g1": "fourth"}
        verifiers = {login: postgres.verifier(word, b"0123456789abcdef") for login, word in words.items()}
        roles = postgres.roles(self.database, links, verifiers, ["pooler"])
        networks = {"pooler": self.network, "stranger": ELSEWHERE}
        configs = {
            "/etc/postgresql/postgresql.conf": postgres.settings(self.database),
            "/etc/postgresql/pg_hba.conf": postgres.host_based(self.database, networks, ["pooler"]),
        }
        shared = self.lab.memory()
        check, mounts = ["pg_isready", "-q", "-h", "/run/keeper"], [shared, self.lab.data(DATA)]
        self.lab.service("postgres", "postgres", ["postgres"], check, configs=configs, mounts=mounts, signal="SIGINT")
        files = held(self.root.server("postgres"), self.database_callers, roles)
        schema = {"/etc/keeper/schema.sql": postgres.schema(self.database, ["pooler"])}
        ready = ["test", "-f", "/tmp/ready"]
        self.lab.service("keeper", "postgres", ["keeper"], ready, files=files, configs=schema, mounts=[shared])
        self.lab.healthy("postgres", 90)
        self.lab.healthy("keeper")

    def exporter(self) -> Any:
        """The container of the exporter that reads the pooler's figures, once it is healthy."""
        leaf = self.callers.client("exporter_g1")
        files = {
            "root.pem": self.root.certificate, "pooler.pem": leaf.certificate, "pooler.pem.key": leaf.key,
            "pooler.password": "reading",
        }  # fmt: skip
        address = url("exporter_g1", "pooler", database=CONSOLE).replace("/certs", "/run/secrets")
        env = [
            "PORT=19127", f"POOLER_URL={address.replace('pooler.key', 'pooler.pem.key')}",
            "POOLER_PASSWORD_FILE=/run/secrets/pooler.password",
        ]  # fmt: skip
        command, check = ["python3", "/app/exporter.py"], ["probe", "19127", "/metrics", "/"]
        self.lab.service("exporter", "pgbouncer-exporter", command, check, files=files, env=env)
        return self.lab.healthy("exporter")

    def memory(self) -> int:
        """The bytes that the pooler took at most so far, as its control group (of either version) counts them."""
        read = "cat /sys/fs/cgroup/memory.peak /sys/fs/cgroup/memory/memory.max_usage_in_bytes 2>/dev/null"
        return int(run(self.lab.healthy("pooler"), "sh", "-c", read)[1].split()[0])

    def client(self, image: str = "postgres", **leaves: Any) -> Any:
        """A container that a caller speaks from, with these leaves."""
        return self.lab.client_container(image, files_of(self.root, **leaves))


def url(role: str, leaf: str | None, at: str = "pooler:6432", database: str = "notes") -> str:
    """The address by which `role` calls with the certificate `leaf`."""
    pair = f"/certs/{leaf}.pem&sslkey=/certs/{leaf}.key" if leaf else "/none&sslkey=/none"
    verified = "sslmode=verify-full&sslrootcert=/certs/root.pem&connect_timeout=10"
    return f"postgresql://{role}@{at}/{database}?{verified}&sslcert={pair}"


def hold(pooled: Pooled, many: int, asked: int) -> dict[str, Any]:
    """What `MANY` tells of so many connections."""
    client = pooled.client("app", own=pooled.callers.client("api_g1"))
    status, told = run(client, "python3", "-c", MANY, url("api_g1", "own"), str(many), str(asked), PGPASSWORD="first")
    assert status == 0, told
    figures: dict[str, Any] = json.loads(told.splitlines()[-1])
    return figures
