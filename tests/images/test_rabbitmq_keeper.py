"""RabbitMQ takes certificates, callers' authority and users from its keeper, also new ones while it runs."""

import json
import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from components.text import haproxy, rabbitmq
from diagram import Link, Protocol, Queue
from images import lock
from tests.images.certificates import Authority, Pair
from verify.amqp import HEADER
from verify.speech import Credential, RefusedError, talk
from verify.tls import Identity

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

BROKER = Queue(name="rabbitmq", image="rabbitmq", virtual_host="shop", queues=("urgent", "normal"))
FIGURES = Link(caller="prometheus", callee="rabbitmq", protocol=Protocol.http, port=Queue.figures_port)
HARDENED = ["--read-only", "--cap-drop", "ALL", "--init", "--tmpfs", "/tmp:size=64m,mode=1777"]
PUT = """
import sys
from apps.broker import broker, put
from apps.links import Amqp, Links
put(broker(Links().to("rabbitmq", Amqp)), sys.argv[1], "tell", "something")
"""
TAKE = """
import sys
from apps.broker import broker, declared
from apps.links import Amqp, Links
with broker(Links().to("rabbitmq", Amqp)).connection() as connection:
    with connection.SimpleQueue(declared(sys.argv[1])) as queue:
        message = queue.get(timeout=5)
        print(message.headers["task"])
        message.ack()
"""
MAKE = """
from apps.broker import broker
from apps.links import Amqp, Links
with broker(Links().to("rabbitmq", Amqp)).connection() as connection:
    connection.default_channel.queue_declare("mine")
"""


def amqp(caller: str, **rights: Any) -> Link:
    return Link(caller=caller, callee="rabbitmq", protocol=Protocol.amqp, port=5671, **rights)


LOGINS = {"api_g1": amqp("api", sends=("urgent",)), "worker_g1": amqp("worker", takes=("urgent",))}


def identity(pair: Pair) -> Identity:
    return Identity("x", pair.certificate.encode(), pair.key.encode())


def docker(*words: str, fails: bool = False) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
    assert fails or done.returncode == 0, done.stderr
    return done.stdout + done.stderr


class Broker:
    """A broker and its keeper in two containers that share what they share on the platform."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, f"rabbitmq-test-{secrets.token_hex(3)}"
        self.references = {name: entry.reference for name, entry in lock.read().items()}
        self.root, self.callers = Authority("root"), Authority("callers")
        self.address = ""

    def start(self) -> None:
        """Both containers, and a broker that answers."""
        docker("network", "create", "--internal", self.name)
        memory = ["type=tmpfs", "device=tmpfs", "o=size=1m,uid=10001,gid=10001,mode=0700"]
        docker("volume", "create", *(word for it in memory for word in ("--opt", it)), self.name)
        self.write("broker", {"rabbitmq.conf": rabbitmq.settings(BROKER), "front": haproxy.figures(BROKER, [FIGURES])})
        files = {"broker/rabbitmq.conf": "/etc/rabbitmq/rabbitmq.conf", "broker/front": "/etc/front/haproxy.cfg"}
        self.run(
            "broker", "rabbitmq", ["rabbitmq"], files, ["-v", f"{self.name}:/run/keeper", "-v", "/var/lib/rabbitmq"]
        )
        self.keep(LOGINS)
        self.address = docker(
            "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", f"{self.name}-broker"
        ).strip()

    def keep(self, logins: Mapping[str, Link]) -> None:
        """A keeper that holds these users, and the certificates of the moment, in place of the one before."""
        docker("rm", "-fv", f"{self.name}-keeper", fails=True)
        server, probe = self.root.server("rabbitmq"), self.callers.client(rabbitmq.PROBE)
        files = {
            "server.pem": server.certificate, "server.pem.key": server.key, "callers.pem": self.callers.certificate,
            "probe.pem": probe.certificate, "probe.pem.key": probe.key,
        }  # fmt: skip
        self.write("keeper", files | {"definitions.json": rabbitmq.definitions(BROKER, logins)})
        mounts = {"keeper/definitions.json": "/etc/keeper/definitions.json", "keeper": "/run/secrets"}
        self.run("keeper", "rabbitmq", ["keeper"], mounts, ["-v", f"{self.name}:/run/keeper"])
        self.until(lambda: self.inside("keeper", "test", "-f", "/tmp/ready") == 0)

    def app(self, login: str, script: str, *words: str) -> str:
        """What a program of the application says that holds the certificate of `login`."""
        own = self.callers.client(login)
        self.write(login, {"root.pem": self.root.certificate, "own.pem": own.certificate, "own.pem.key": own.key})
        files = "verify=verify_peer&cacertfile=/run/secrets/root.pem&certfile=/run/secrets/own.pem"
        url = f"amqps://{login}@rabbitmq:5671/shop?{files}&keyfile=/run/secrets/own.pem.key"
        options = ["--network", self.name, "-v", f"{self.folder}/{login}:/run/secrets:ro", "-e", f"RABBITMQ_URL={url}"]
        image = self.references["app"]
        command = ["run", "--rm", *options, "--entrypoint", "python3", image, "-c", script, *words]
        return docker(*command, fails=True)

    def ask(self, pair: Pair | None, *, link: Link = LOGINS["api_g1"], **more: str) -> str:
        """What the broker says to who shows `pair`, from the machine."""
        shown = Credential(identity(pair) if pair else None, self.root.certificate.encode(), database="shop", **more)
        return talk(self.address, link.port, link, shown, path="/metrics")

    def write(self, place: str, files: Mapping[str, str]) -> None:
        (self.folder / place).mkdir(exist_ok=True)
        for name, text in files.items():
            path = self.folder / place / name
            path.unlink(missing_ok=True)
            path.write_text(text)
            path.chmod(0o444)

    def run(self, what: str, image: str, command: list[str], files: Mapping[str, str], options: list[str]) -> None:
        mounts = [word for file, at in files.items() for word in ("-v", f"{self.folder}/{file}:{at}:ro")]
        base = ["run", "-d", "--name", f"{self.name}-{what}", "--network", self.name, *HARDENED, *mounts, *options]
        alias = ["--network-alias", "rabbitmq"] if what == "broker" else []
        docker(*base, *alias, self.references[image], *command)

    def inside(self, what: str, *command: str) -> int:
        return subprocess.run(
            ["docker", "exec", f"{self.name}-{what}", *command], capture_output=True, check=False
        ).returncode

    def logs(self, what: str) -> str:
        return docker("logs", f"{self.name}-{what}")

    def until(self, condition: Callable[[], Any], seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while not condition():
            runs = self.inside("broker", "true") == 0
            assert runs, self.logs("broker")[-3000:]
            assert time.monotonic() < end, self.logs("broker")[-3000:] + self.logs("keeper")
            time.sleep(0.5)

    def close(self) -> None:
        docker("rm", "-fv", f"{self.name}-broker", f"{self.name}-keeper", fails=True)
        docker("volume", "rm", self.name, fails=True)
        docker("network", "rm", self.name, fails=True)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker whose callers are an API and a worker."""
    made = Broker(tmp_path_factory.mktemp("rabbitmq"))
    try:
        made.start()
        yield made
    finally:
        made.close()


def test_a_caller_is_known_by_its_certificate_and_nobody_else_gets_in(broker: Broker) -> None:
    """No certificate, another authority's, a name that no user has, guest with its password: none opens the host."""
    assert "opened shop" in broker.ask(broker.callers.client("api_g1"))
    alien, nobody = Authority("callers").client("api_g1"), broker.callers.client("nobody")
    for pair in (None, alien, nobody, broker.callers.client(rabbitmq.PROBE), broker.callers.server("api_g1")):
        with pytest.raises((OSError, RefusedError)):
            broker.ask(pair)
    for pair in (broker.callers.client("api_g1"), nobody):
        with pytest.raises((OSError, RefusedError)):
            broker.ask(pair, user="guest", password="guest")


def test_nothing_is_open_but_amqp_and_figures_over_tls(broker: Broker) -> None:
    """No clear AMQP, no management, no distribution; and to clear words the TLS port says nothing of AMQP."""
    for port in (5672, 15671, 15672, 25672, 4369, 25692):
        with pytest.raises(ConnectionError):
            socket.create_connection((broker.address, port), 2).close()
    with socket.create_connection((broker.address, 5671), 2) as plain:
        plain.sendall(HEADER)
        plain.settimeout(5)
        assert b"AMQP" not in plain.recv(100)


def test_figures_are_for_their_readers_only(broker: Broker) -> None:
    assert "HTTP 200" in broker.ask(broker.callers.client("prometheus"), link=FIGURES)
    for pair in (None, broker.callers.client("api_g1"), Authority("callers").client("prometheus")):
        with pytest.raises((OSError, RefusedError)):
            broker.ask(pair, link=FIGURES)


def test_callers_may_do_with_queues_what_their_links_say_and_no_more(broker: Broker) -> None:
    """The application's own client: what one puts another takes; and nobody declares anything."""
    assert broker.app("api_g1", PUT, "urgent") == ""
    assert "ACCESS_REFUSED" in broker.app("api_g1", TAKE, "urgent")
    assert broker.app("worker_g1", TAKE, "urgent") == "tell\n"
    assert "ACCESS_REFUSED" in broker.app("worker_g1", PUT, "urgent")
    assert "ACCESS_REFUSED" in broker.app("api_g1", PUT, "normal")
    assert "ACCESS_REFUSED" in broker.app("worker_g1", MAKE)


def test_what_was_acknowledged_survives_a_kill_and_a_new_start(broker: Broker) -> None:
    assert broker.app("api_g1", PUT, "urgent") == ""
    docker("kill", f"{broker.name}-broker")
    docker("start", f"{broker.name}-broker")
    broker.until(lambda: broker.inside("broker", "probe-rabbitmq") == 0)
    broker.until(lambda: broker.app("worker_g1", TAKE, "urgent") == "tell\n", 60)


def test_a_rotation_needs_no_restart_and_shuts_out_who_left(broker: Broker) -> None:
    """A new authority, a new leaf and a new generation are in use, and the old ones are not."""
    before = docker("inspect", "-f", "{{.State.StartedAt}}", f"{broker.name}-broker")
    old = broker.callers
    broker.callers = Authority("callers")
    broker.keep({"api_g2": LOGINS["api_g1"], "worker_g1": LOGINS["worker_g1"]})
    assert "opened shop" in broker.ask(broker.callers.client("api_g2"))
    for pair in (old.client("api_g2"), broker.callers.client("api_g1")):
        with pytest.raises((OSError, RefusedError)):
            broker.ask(pair)
    assert "HTTP 200" in broker.ask(broker.callers.client("prometheus"), link=FIGURES)
    assert docker("inspect", "-f", "{{.State.StartedAt}}", f"{broker.name}-broker") == before


def test_definitions_hold_no_secret() -> None:
    users = json.loads(rabbitmq.definitions(BROKER, LOGINS))["users"]
    assert {user["password_hash"] for user in users} == {""}
