"""A fixed forward: its declared callers reach one address outside by it, and nobody else reaches anything."""

import pytest

from components.text import haproxy
from diagram import Forward, Link, Protocol, Service
from tests.images.certificates import Authority
from tests.images.lab import Lab, run
from tests.images.test_postgres_keeper import files_of

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

IMAGE = "rempart/any:sha256-" + "0" * 64
OUTSIDE = """
import socketserver
class Outside(socketserver.StreamRequestHandler):
    def handle(self):
        heard = self.rfile.readline()
        print("heard", heard, flush=True)
        self.wfile.write(b"outside heard " + heard)
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
Server(("", 1433), Outside).serve_forever()
"""
PLAIN = "exec 3<>/dev/tcp/127.0.0.1/14330 && echo {0} >&3 && timeout 5 cat <&3"
TLS = (
    "(echo {0}; sleep 2) | timeout 5 openssl s_client -quiet -connect sic:14330 "
    "-CAfile /certs/root.pem -verify_hostname sic {1} 2>&1"
)


def test_a_declared_caller_reaches_the_one_address_and_no_other_caller_does(lab: Lab) -> None:
    """The caller speaks to its own loopback; by hand, every other certificate and none is refused before a byte is
    passed on.
    """
    root, callers = Authority("root"), Authority("callers of the forward")
    lab.service("sql-server", "app", ["python3", "-c", OUTSIDE], ["true"])
    forward = Forward(name="sic", image=IMAGE, port=14330, host="sql-server", host_port=1433)
    link = Link(caller="api-1", callee="sic", protocol=Protocol.tcp, port=14330)
    leaf = root.server("sic")
    files = {"front.pem": leaf.certificate, "front.pem.key": leaf.key, "callers.pem": callers.certificate}
    configs = {"/etc/front/haproxy.cfg": haproxy.forward(forward.host, forward.host_port, forward, [link])}
    lab.service("sic", "front", [], ["probe-tcp", "14330"], files=files, configs=configs)
    lab.healthy("sql-server")
    lab.healthy("sic")

    own = callers.client("api-1")
    files = {"sic.pem": own.certificate, "sic.pem.key": own.key, "root.pem": root.certificate}
    configs = {"/etc/front/haproxy.cfg": haproxy.front(Service(name="api-1", image=IMAGE), [], [link])}
    lab.service("api-1", "app", ["sleep", "600"], ["true"], files=files, configs=configs)
    api = lab.healthy("api-1")
    lab.until(
        lambda: run(api, "bash", "-c", PLAIN.format("login")) == (0, "outside heard login\n"),
        20,
        lambda: lab.logs("sic"),
    )

    leaves = {
        "own": own, "worker": callers.client("celery-worker-1"), "alien": Authority("others").client("api-1"),
        "late": callers.client("api-1", expired=True),
    }  # fmt: skip
    client = lab.client_container("base", files_of(root, **leaves))

    def ask(word: str, leaf: str | None) -> str:
        certificate = f"-cert /certs/{leaf}.pem -key /certs/{leaf}.key" if leaf else ""
        return run(client, "sh", "-c", TLS.format(word, certificate))[1]

    assert "outside heard by-hand" in ask("by-hand", "own")
    for stranger in ("worker", "alien", "late", None):
        assert "outside heard" not in ask(f"stranger-{stranger}", stranger)
    heard = [line for line in lab.logs("sql-server").splitlines() if line.startswith("heard")]
    assert "stranger" not in "".join(heard)
    assert len(heard) >= 2
