"""Squid as it runs: uid 10001, a read-only root, and each caller to its own hosts only."""

import pytest

from components.text import haproxy, squid
from diagram import Egress, Link, Protocol, Proxy, Service
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


HOST = "oauth2.googleapis.com"
PARENT = """
http_port 8080
http_access allow all
pid_filename none
pinger_enable off
access_log stdio:/dev/stdout
cache_log stdio:/dev/stderr
cache deny all
coredump_dir /tmp
shutdown_lifetime 1 seconds
visible_hostname parent
"""
ORIGIN = """
import socketserver
class Origin(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(f"HTTP/ seen from {self.client_address[0]}\\n".encode())
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
Server(("", 443), Origin).serve_forever()
"""


def test_what_is_allowed_goes_by_the_organisations_proxy_and_the_rest_nowhere(lab: Lab) -> None:
    """The platform's own configuration before another squid that would let everything through, and a host behind it."""
    root, callers = Authority("root"), Authority("callers")
    command = ["squid", "-N", "-f", "/etc/squid/squid.conf"]
    configs = {"/etc/squid/squid.conf": PARENT}
    lab.service("parent", "egress", command, ["probe-tcp", "8080"], configs=configs)
    parent = lab.healthy("parent").attrs["NetworkSettings"]["Networks"][lab.network.name]["IPAddress"]
    for name in (HOST, "other.example"):
        origin = lab.client_container("app", {})
        lab.network.disconnect(origin)
        lab.network.connect(origin, aliases=[name])
        origin.exec_run(["python3", "-c", ORIGIN], detach=True)
    link = Link(caller="agent", callee="egress", protocol=Protocol.proxy, port=3128, hosts=(HOST,))
    text = squid.egress(Egress(name="egress", image=IMAGE, parent=Proxy(host="parent", port=8080)), [link])
    leaf = root.server("egress")
    files = {"front.pem": leaf.certificate, "front.pem.key": leaf.key, "callers.pem": callers.certificate}
    configs = {"/etc/squid/squid.conf": text}
    lab.service("egress", "egress", command, ["probe-tcp", "3128"], files=files, configs=configs)
    lab.healthy("egress")
    client = lab.client_container("base", files_of(root, agent=callers.client("agent")))

    def ask(host: str) -> str:
        return run(client, "sh", "-c", ASK.format(host=host, own="-cert /certs/agent.pem -key /certs/agent.key"))[1]

    answered = ask(HOST)
    assert " 200 " in answered
    assert f"seen from {parent}\n" in answered
    assert " 403 " in ask("other.example")
    lab.until(lambda: "CONNECT" in lab.logs("parent"), 10, lambda: lab.logs("egress"))
    asked = [line.split("CONNECT ")[1].split()[0] for line in lab.logs("parent").splitlines() if "CONNECT" in line]
    assert asked == [f"{HOST}:443"]


ASK_FRONT = r"""
exec 3<>/dev/tcp/127.0.0.1/3128
printf 'CONNECT other.example:443 HTTP/1.1

' >&3
timeout 10 head -n1 <&3
"""


def test_a_callee_that_was_taken_for_gone_is_asked_all_the_same(lab: Lab) -> None:
    """Its front knows no other: what checks said a moment ago is no reason to refuse its application."""
    root, callers = Authority("root"), Authority("callers")
    link = Link(caller="agent", callee="egress", protocol=Protocol.proxy, port=3128, hosts=(HOST,))
    leaf, own = root.server("egress"), callers.client("agent")
    files = {"front.pem": leaf.certificate, "front.pem.key": leaf.key, "callers.pem": callers.certificate}
    configs = {"/etc/squid/squid.conf": squid.egress(Egress(name="egress", image=IMAGE), [link])}
    command = ["squid", "-N", "-f", "/etc/squid/squid.conf"]
    lab.service("egress", "egress", command, ["probe-tcp", "3128"], files=files, configs=configs)
    egress = lab.healthy("egress")
    agent = Service(name="agent", image=IMAGE, port=8000)
    files = {"egress.pem": own.certificate, "egress.pem.key": own.key, "root.pem": root.certificate}
    text = haproxy.front(agent, [], [link])
    lab.service("agent", "front", [], ["true"], files=files, configs={"/etc/front/haproxy.cfg": text})
    asking = lab.healthy("agent")
    egress.pause()
    try:
        lab.until(lambda: "egress/egress1 is DOWN" in lab.logs("agent"), 30, lambda: lab.logs("agent"))
    finally:
        egress.unpause()
    assert " 403 " in run(asking, "bash", "-c", ASK_FRONT)[1]
