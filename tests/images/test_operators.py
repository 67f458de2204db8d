"""Check-in's page for operators, behind the gateway as the platform configures it: by their certificate alone."""

import json
from typing import Any

import pytest

from components.text import nginx
from diagram import Gateway
from tests.images.certificates import Authority
from tests.images.lab import Lab, run
from tests.images.test_postgres_keeper import files_of
from tests.systems.test_checkin import IMAGES, drawn

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

# The page itself is another's image: what stands in its place says that it was reached, and by whom.
PAGE = """
defaults
    mode http
    timeout connect 1s
    timeout client 10s
    timeout server 10s
frontend page
    bind :8081 ssl crt /run/secrets/front.pem ca-file /run/secrets/callers.pem verify required ssl-min-ver TLSv1.3
    http-request return status 200 content-type text/plain lf-string "reached by %[ssl_c_s_dn(cn)]"
"""
ASK = """
import json, socket, ssl, sys
path, own = sys.argv[1:]
context = ssl.create_default_context(cafile="/certs/root.pem")
if own:
    context.load_cert_chain(f"/certs/{own}.pem", f"/certs/{own}.key")
try:
    plain = socket.create_connection(("gateway", 8443), 5)
    plain.sendall(b"PROXY TCP4 192.0.2.7 192.0.2.1 40000 443\\r\\n")
    with context.wrap_socket(plain, server_hostname="localhost") as secure:
        head = f"GET {path} HTTP/1.1\\r\\nHost: localhost\\r\\nUser-Agent: test\\r\\nAccept: */*\\r\\nConnection: close"
        secure.sendall(f"{head}\\r\\n\\r\\n".encode())
        answer = b"".join(iter(lambda: secure.recv(4096), b"")).decode()
    print(json.dumps([int(answer.split()[1]), answer.partition("\\r\\n\\r\\n")[2]]))
except OSError as error:
    print(json.dumps([0, type(error).__name__]))
"""


@pytest.fixture
def client(lab: Lab) -> Any:
    """Where an operator, two strangers and somebody without a certificate ask from; everything is up."""
    root, pages, operators = Authority("root"), Authority("callers of the page"), Authority("operators")
    system = drawn(mongodb=True, images=IMAGES, mongo_express=True, operators=operators.certificate)
    gateway = next(service for service in system.services if isinstance(service, Gateway))
    page, own, public = root.server("mongo-express"), pages.client("gateway"), root.server("localhost")
    shown = {"front.pem": page.certificate, "front.pem.key": page.key, "callers.pem": pages.certificate}
    lab.service(
        "mongo-express", "front", [], ["probe-tcp", "8081"], files=shown, configs={"/etc/front/haproxy.cfg": PAGE}
    )
    files = {"root.pem": root.certificate, "gateway.pem": public.certificate, "gateway.pem.key": public.key}
    for route in gateway.routes:
        files |= {f"{route.to.name}.pem": own.certificate, f"{route.to.name}.pem.key": own.key}
    configs = {"/etc/nginx/nginx.conf": nginx.gateway(gateway, [], []), nginx.OPERATORS: operators.certificate}
    check = ["probe", str(nginx.status_port(gateway)), "/health", "/health"]
    command = ["drain", "QUIT", "nginx", "-g", "daemon off;"]
    lab.service("gateway", "gateway", command, check, files=files, configs=configs, signal="SIGQUIT")
    lab.healthy("mongo-express")
    lab.healthy("gateway")
    leaves = {
        "operator": operators.client("ada"), "stranger": Authority("operators").client("ada"),
        "late": operators.client("ada", expired=True), "caller": pages.client("gateway"),
    }  # fmt: skip
    return lab.client_container("app", files_of(root, **leaves))


def ask(client: Any, path: str, own: str = "") -> tuple[int, str]:
    """The status and text that the gateway answers; status 0 where it ends the connection."""
    status, text = json.loads(run(client, "python3", "-c", ASK, path, own)[1])
    return int(status), str(text)


def test_the_page_is_reached_by_an_operators_certificate_and_by_nothing_else(client: Any) -> None:
    assert ask(client, "/mongo-express/", "operator") == (200, "reached by gateway")
    status, _ = ask(client, "/mongo-express/")
    assert status == 403
    for other in ("stranger", "late", "caller"):
        status, text = ask(client, "/mongo-express/", other)
        assert status in (0, 400, 403), (other, status, text)
        assert "reached" not in text


def test_who_has_no_certificate_still_reaches_what_is_for_all(client: Any) -> None:
    assert ask(client, "/health") == (200, "healthy\n")
    assert ask(client, "/health", "operator") == (200, "healthy\n")
