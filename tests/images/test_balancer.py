"""A balancer before two instances: spread, stickiness, and one of them taken out and put back."""

import json
from typing import Any

import pytest

from components.text import haproxy
from diagram import Balancer, Link, Protocol, Service
from tests.images.certificates import Authority
from tests.images.lab import Lab, run
from tests.images.test_postgres_keeper import files_of

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

IMAGE = "rempart/any:sha256-" + "0" * 64
INSTANCE = """
import os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Instance(BaseHTTPRequestHandler):
    def do_GET(self):
        ill = self.path == "/health" and os.path.exists("/tmp/ill")
        self.send_response(503 if ill else 200)
        self.end_headers()
        self.wfile.write(sys.argv[1].encode())
    def log_message(self, *_): pass
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Instance).serve_forever()
"""
ASK = """
import http.client, json, ssl, sys
context = ssl.create_default_context(cafile="/certs/root.pem")
context.load_cert_chain("/certs/gateway.pem", "/certs/gateway.key")
answers = []
for _ in range(int(sys.argv[1])):
    connection = http.client.HTTPSConnection("balancer", 8000, context=context, timeout=5)
    connection.request("GET", "/", headers={"Cookie": sys.argv[2]} if len(sys.argv) > 2 else {})
    answer = connection.getresponse()
    answers.append([answer.status, answer.read().decode(), answer.getheader("Set-Cookie") or ""])
print(json.dumps(answers))
"""


def test_requests_are_spread_clients_stay_and_a_failed_member_is_out_until_it_answers(lab: Lab) -> None:
    """Each hop by certificate; the cookie is for the client's browser alone, and tells no name."""
    root, callers = Authority("root"), Authority("callers of the balancer")
    members = [instance(lab, root, callers, f"api-{number}", 8000 + number) for number in (1, 2)]
    service = Balancer(name="balancer", image=IMAGE, port=8000, members=tuple(members), cookie="SHOP", every=1)
    leaf = root.server("balancer")
    files = {"front.pem": leaf.certificate, "front.pem.key": leaf.key, "callers.pem": callers.certificate}
    for member in members:
        own = callers.client("balancer")
        files |= {f"{member.name}.pem": own.certificate, f"{member.name}.pem.key": own.key}
    text = haproxy.balancer(service, [Link(caller="gateway", callee="balancer", protocol=Protocol.http, port=8000)])
    files["root.pem"] = root.certificate
    check = ["probe", "18000", "/ready", "/health"]
    lab.service("balancer", "front", [], check, files=files, configs={"/etc/front/haproxy.cfg": text})
    lab.healthy("balancer")
    client = lab.client_container("app", files_of(root, gateway=callers.client("gateway")))

    def ask(times: int = 8, cookie: str = "") -> list[Any]:
        status, told = run(client, "python3", "-c", ASK, str(times), *([cookie] if cookie else []))
        assert status == 0, told
        return list(json.loads(told))

    answers = ask()
    assert {(status, name) for status, name, _ in answers} == {(200, "api-1"), (200, "api-2")}
    cookies = {name: given.split(";")[0] for _, name, given in answers}
    assert len(set(cookies.values())) == 2
    for _, name, given in answers:
        assert given.split("; ")[1:] == ["path=/", "HttpOnly", "Secure", "SameSite=Lax"]
        assert name not in given
    for name, cookie in cookies.items():
        assert {answer[1] for answer in ask(cookie=cookie)} == {name}

    ill = lab.healthy("api-1")
    run(ill, "touch", "/tmp/ill")
    lab.until(lambda: {it[1] for it in ask(4)} == {"api-2"}, 15, lambda: lab.logs("balancer"))
    assert {(status, name) for status, name, _ in ask(cookie=cookies["api-1"])} == {(200, "api-2")}
    run(ill, "rm", "/tmp/ill")
    lab.until(lambda: {it[1] for it in ask(cookie=cookies["api-1"])} == {"api-1"}, 15, lambda: lab.logs("balancer"))


def instance(lab: Lab, root: Authority, callers: Authority, name: str, port: int) -> Service:
    """A member that says its name, behind a front."""
    service = Service(name=name, image=IMAGE, port=port)
    leaf = root.server(name)
    files = {"front.pem": leaf.certificate, "front.pem.key": leaf.key, "callers.pem": callers.certificate}
    text = haproxy.front(service, [Link(caller="balancer", callee=name, protocol=Protocol.http, port=port)], [])
    command = ["python3", "-c", INSTANCE, name, str(service.loopback)]
    lab.service(name, "app", command, ["true"], files=files, configs={"/etc/front/haproxy.cfg": text})
    return service
