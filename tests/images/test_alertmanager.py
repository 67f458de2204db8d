"""Alertmanager sends each alert to the receivers of its severity, with the addresses that it reads from its secrets."""

import pytest

from components.text import prometheus
from diagram import Receiver, Secret
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


def test_an_alert_reaches_the_receivers_of_its_severity_and_no_other(lab: Lab) -> None:
    text = prometheus.alerting([CHAT, URGENT, PAGER], None).replace("group_wait: 10s", "group_wait: 1s")
    files = {name: f"http://listener:8080/{name}" for name in ("chat", "urgent")} | {"pager": "k" * 32}
    lab.service("listener", "app", ["python3", "-c", LISTENER], ["probe", "8080", "/", "/"])
    arguments = (f"--config.file={CONFIG}", "--storage.path=/tmp", "--cluster.listen-address=")
    lab.service(
        "alertmanager", "alertmanager", ["prometheus-alertmanager", *arguments],
        ["probe", "9093", "/-/ready", "/-/healthy"], files=files, configs={CONFIG: text},
    )  # fmt: skip
    lab.healthy("listener")
    container = lab.healthy("alertmanager")
    assert run(container, "amtool", "check-config", CONFIG)[0] == 0
    for name, severity in (("Fire", "critical"), ("Smoke", "low")):
        alert = ["alert", "add", name, f"severity={severity}", "--alertmanager.url=http://127.0.0.1:9093"]
        assert run(container, "amtool", *alert) == (0, "")
    lab.until(lambda: len(heard(lab)) >= 3, 30, lambda: lab.logs("listener") + lab.logs("alertmanager"))
    assert heard(lab) == {"/chat Fire", "/chat Smoke", "/urgent Fire"}


def heard(lab: Lab) -> set[str]:
    """What the listener was told."""
    return {line for line in lab.logs("listener").splitlines() if line.startswith("/")}
