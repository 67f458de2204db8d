"""Alertmanager sends each alert to the receivers of its severity, with the addresses that it reads from its secrets,
and mails all of them by a relay that proves its name.
"""

import pytest

from components.text import haproxy, prometheus
from diagram import Alerting, Forward, Link, Mail, Protocol, Receiver, Secret
from tests.images.certificates import Authority
from tests.images.lab import Lab, run

pytestmark = pytest.mark.live

LISTENER = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Heard(BaseHTTPRequestHandler):
    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print(self.path, *(name for name in ("Fire", "Smoke") if name in text), flush=True)
        self.send_response(200); self.end_headers()
    def do_GET(self):
        self.send_response(200); self.end_headers()
HTTPServer(("", 8080), Heard).serve_forever()
"""
CHAT = Receiver(product="slack", secret=Secret(name="chat"))
URGENT = Receiver(product="slack", secret=Secret(name="urgent"), severities=("critical", "high"))
PAGER = Receiver(product="pagerduty", secret=Secret(name="pager"), severities=("critical",))
CONFIG = "/etc/alertmanager/alertmanager.yml"
IMAGE = "rempart/any:sha256-" + "0" * 64
RELAY = """
import socketserver, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/run/secrets/relay.pem", "/run/secrets/relay.pem.key")
class Relay(socketserver.BaseRequestHandler):
    def handle(self):
        wire, closed = self.request, False
        wire.sendall(b"220 relay\\r\\n")
        lines = wire.makefile("rb")
        while line := lines.readline():
            match line.split()[0].upper():
                case b"EHLO":
                    wire.sendall(b"250 relay\\r\\n" if closed else b"250-relay\\r\\n250 STARTTLS\\r\\n")
                case b"STARTTLS":
                    wire.sendall(b"220 go on\\r\\n")
                    wire, closed = context.wrap_socket(wire, server_side=True), True
                    lines = wire.makefile("rb")
                case b"DATA":
                    wire.sendall(b"354 go on\\r\\n")
                    text = b"".join(iter(lines.readline, b".\\r\\n")).decode()
                    print("mailed", *(it for it in ("Fire", "Smoke") if it in text), "in TLS" * closed, flush=True)
                    wire.sendall(b"250 kept\\r\\n")
                case _:
                    wire.sendall(b"250 well\\r\\n")
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
Server(("", 2500), Relay).serve_forever()
"""


def test_an_alert_reaches_the_receivers_of_its_severity_and_no_other(lab: Lab) -> None:
    text = prometheus.alerting([CHAT, URGENT, PAGER], None).replace("group_wait: 10s", "group_wait: 1s")
    files = {name: f"http://listener:8080/{name}" for name in ("chat", "urgent")} | {"pager": "k" * 32}
    lab.service("listener", "app", ["python3", "-c", LISTENER], ["probe", "8080", "/", "/"])
    lab.healthy("listener")
    alert(lab, files, {CONFIG: text})
    lab.until(lambda: len(heard(lab)) >= 3, 30, lambda: lab.logs("listener") + lab.logs("alertmanager"))
    assert heard(lab) == {"/chat Fire", "/chat Smoke", "/urgent Fire"}


@pytest.mark.parametrize("name", ["mail.example", "other.example"])
def test_alerts_are_mailed_to_the_relay_that_proves_its_name_and_to_no_other(lab: Lab, name: str) -> None:
    """By the forward, whose caller is Alertmanager."""
    root, callers, company = Authority("root"), Authority("callers"), Authority("the company's")
    shown = company.server(name)
    files = {"relay.pem": shown.certificate, "relay.pem.key": shown.key}
    lab.service("relay", "app", ["python3", "-c", RELAY], ["true"], files=files)
    by = Forward(name="mail-relay", image=IMAGE, port=2525, host="mail.example", host_port=2500)
    link = Link(caller="alertmanager", callee=by.name, protocol=Protocol.tcp, port=2525)
    leaf, own = root.server(by.name), callers.client("alertmanager")
    files = {"front.pem": leaf.certificate, "front.pem.key": leaf.key, "callers.pem": callers.certificate}
    configs = {"/etc/front/haproxy.cfg": haproxy.forward("relay", by.host_port, by, [link])}
    lab.service(by.name, "front", [], ["probe-tcp", "2525"], files=files, configs=configs)
    lab.healthy("relay")
    lab.healthy(by.name)

    mail = Mail(by=by, sender="alerts@mail.example", to="ops@mail.example", authority=company.certificate)
    text = prometheus.alerting([], None, mail).replace("group_wait: 10s", "group_wait: 1s")
    front = haproxy.front(Alerting(name="alertmanager", image=IMAGE), [], [link])
    configs = {CONFIG: text, prometheus.RELAY_AUTHORITY: mail.authority, "/etc/front/haproxy.cfg": front}
    files = {f"{by.name}.pem": own.certificate, f"{by.name}.pem.key": own.key, "root.pem": root.certificate}
    alert(lab, files, configs)
    if name == by.host:
        lab.until(lambda: len(mailed(lab)) >= 2, 60, lambda: lab.logs("relay") + lab.logs("alertmanager"))
        assert mailed(lab) == {"mailed Fire in TLS", "mailed Smoke in TLS"}
    else:
        lab.until(lambda: "not mail.example" in lab.logs("alertmanager"), 60, lambda: lab.logs("alertmanager"))
        assert mailed(lab) == set()


def alert(lab: Lab, files: dict[str, str], configs: dict[str, str]) -> None:
    """Start Alertmanager, and give it two alerts."""
    arguments = (f"--config.file={CONFIG}", "--storage.path=/tmp", "--cluster.listen-address=")
    lab.service(
        "alertmanager", "alertmanager", ["prometheus-alertmanager", *arguments],
        ["probe", "9093", "/-/ready", "/-/healthy"], files=files, configs=configs,
    )  # fmt: skip
    container = lab.healthy("alertmanager")
    assert run(container, "amtool", "check-config", CONFIG)[0] == 0
    for name, severity in (("Fire", "critical"), ("Smoke", "low")):
        told = ["alert", "add", name, f"severity={severity}", "--alertmanager.url=http://127.0.0.1:9093"]
        assert run(container, "amtool", *told) == (0, "")


def mailed(lab: Lab) -> set[str]:
    """What the relay took."""
    return {line for line in lab.logs("relay").splitlines() if line.startswith("mailed")}


def heard(lab: Lab) -> set[str]:
    """What the listener was told."""
    return {line for line in lab.logs("listener").splitlines() if line.startswith("/")}
