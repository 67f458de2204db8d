"""Squid as it runs: uid 10001, a read-only root, and each caller to its own hosts only."""

import pytest

from components.text import squid
from diagram import Egress, Link, Protocol, Proxy
from tests.images.certificates import Authority
from tests.images.lab import Lab, run
from tests.images.test_postgres_keeper import files_of

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

IMAGE = "rempart/any:sha256-" + "0" * 64
SETTINGS = """
https_port 3128 tls-cert=/run/secrets/front.pem tls-key=/run/secrets/front.pem.key \
tls-clientca=/run/secrets/callers.pem tls-min-version=1.3
acl CONNECT method CONNECT
acl agent user_cert CN agent
acl agent_hosts dstdomain localhost
http_access deny !CONNECT
http_access allow agent agent_hosts
http_access deny all
pid_filename none
access_log stdio:/dev/stdout
cache_log stdio:/dev/stderr
cache deny all
coredump_dir /tmp
shutdown_lifetime 1 seconds
visible_hostname egress
"""
ASK = (
    "printf 'CONNECT {host}:443 HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\n' | timeout 30 openssl s_client -quiet "
    "-connect egress:3128 -CAfile /certs/root.pem -verify_hostname egress {own} 2>&1 | grep -a HTTP/"
)


def test_only_a_declared_caller_reaches_only_its_hosts(lab: Lab) -> None:
    """A refusal is 403; the allowed host, where nothing listens, is 503."""
    root, callers = Authority("root"), Authority("callers")
    leaf = root.server("egress")
    files = {"front.pem": leaf.certificate, "front.pem.key": leaf.key, "callers.pem": callers.certificate}
    command = ["squid", "-N", "-f", "/etc/squid/squid.conf"]
    lab.service(
        "egress", "egress", command, ["probe-tcp", "3128"], files=files, configs={"/etc/squid/squid.conf": SETTINGS}
    )
    lab.healthy("egress")
    leaves = {
        "agent": callers.client("agent"),
        "worker": callers.client("worker"),
        "alien": Authority("x").client("agent"),
    }
    client = lab.client_container("base", files_of(root, **leaves))

    def ask(host: str, leaf: str | None) -> str:
        own = f"-cert /certs/{leaf}.pem -key /certs/{leaf}.key" if leaf else ""
        return run(client, "sh", "-c", ASK.format(host=host, own=own))[1]

    assert " 503 " in ask("localhost", "agent")
    assert " 403 " in ask("other.example", "agent")
    assert " 403 " in ask("localhost", "worker")
    assert ask("localhost", "alien") == ""
    assert ask("localhost", None) == ""
    lab.until(lambda: "TCP_DENIED" in lab.logs("egress"), 10, lambda: lab.logs("egress"))


PARENT = """
import socketserver
class Parent(socketserver.StreamRequestHandler):
    def handle(self):
        first = self.rfile.readline().decode().strip()
        while self.rfile.readline().strip(): pass
        print(first, flush=True)
        self.wfile.write(b"HTTP/1.1 200 Connection established\\r\\n\\r\\n")
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
Server(("", 8080), Parent).serve_forever()
"""


def test_what_is_allowed_goes_by_the_organisations_proxy_and_the_rest_nowhere(lab: Lab) -> None:
    """The platform's own configuration, with a stand-in for the proxy that says what it is asked for."""
    root, callers = Authority("root"), Authority("callers")
    lab.service("parent", "app", ["python3", "-c", PARENT], ["true"])
    lab.healthy("parent")
    link = Link(caller="agent", callee="egress", protocol=Protocol.proxy, port=3128, hosts=("oauth2.googleapis.com",))
    text = squid.egress(Egress(name="egress", image=IMAGE, parent=Proxy(host="parent", port=8080)), [link])
    leaf = root.server("egress")
    files = {"front.pem": leaf.certificate, "front.pem.key": leaf.key, "callers.pem": callers.certificate}
    command = ["squid", "-N", "-f", "/etc/squid/squid.conf"]
    lab.service(
        "egress", "egress", command, ["probe-tcp", "3128"], files=files, configs={"/etc/squid/squid.conf": text}
    )
    lab.healthy("egress")
    client = lab.client_container("base", files_of(root, agent=callers.client("agent")))

    def ask(host: str) -> str:
        return run(client, "sh", "-c", ASK.format(host=host, own="-cert /certs/agent.pem -key /certs/agent.key"))[1]

    assert " 200 " in ask("oauth2.googleapis.com")
    assert " 403 " in ask("other.example")
    lab.until(lambda: "CONNECT" in lab.logs("parent"), 10, lambda: lab.logs("egress"))
    asked = [line for line in lab.logs("parent").splitlines() if line.startswith("CONNECT")]
    assert asked == ["CONNECT oauth2.googleapis.com:443 HTTP/1.1"]
