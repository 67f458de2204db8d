"""The front: nobody without a certificate of a declared caller, no gap when a task leaves, and one fate for both."""

import time
from typing import Any

import pytest

from tests.images.certificates import Authority
from tests.images.lab import Lab, run
from tests.images.test_postgres_keeper import files_of

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

FRONT = """
global
    hard-stop-after 10s
defaults
    mode http
    timeout connect 1s
    timeout client 10s
    timeout server 10s
frontend front
    bind :8000 ssl crt /run/secrets/front.pem ca-file /run/secrets/callers.pem verify required ssl-min-ver TLSv1.3
    http-request reject unless { ssl_c_s_dn(cn) -m str api }
    http-request set-header X-Rempart-Caller %[ssl_c_s_dn(cn)]
    default_backend application
backend application
    server application 127.0.0.1:18000
"""
# An application for the test: it says who called, as its front told it.
APPLICATION = """
defaults
    mode http
    timeout connect 1s
    timeout client 10s
    timeout server 10s
frontend application
    bind 127.0.0.1:18000
    http-request return status 200 content-type text/plain lf-string "caller=%[req.hdr(X-Rempart-Caller)]"
"""
REQUEST = "GET / HTTP/1.1\\r\\nHost: web\\r\\nX-Rempart-Caller: admin\\r\\nConnection: close\\r\\n\\r\\n"
VERIFIED = "-CAfile /certs/root.pem -verify_return_error -verify_hostname web"
ASK = f"printf '{REQUEST}' | timeout 5 openssl s_client -quiet -connect web:8000 {VERIFIED} {{0}} 2>&1"
KILL = """
for process in /proc/[0-9]*; do
  if [[ $(< $process/comm) == haproxy ]] && tr '\\0' ' ' < $process/cmdline | grep -q "$VICTIM"; then
    kill -9 "${process#/proc/}" && exit
  fi
done
exit 1
"""


def start(lab: Lab) -> tuple[Authority, Any]:
    root, callers = Authority("root"), Authority("callers")
    leaf = root.server("web")
    files = {"front.pem": leaf.certificate, "front.pem.key": leaf.key, "callers.pem": callers.certificate}
    configs = {"/etc/front/haproxy.cfg": FRONT, "/etc/front/application.cfg": APPLICATION}
    command = ["haproxy", "-db", "-f", "/etc/front/application.cfg"]
    check = ["probe", "18000", "/ready", "/health"]
    lab.service("web", "front", command, check, files=files, configs=configs)
    lab.healthy("web")
    own, named, alien = callers.client("api"), callers.client("agent"), Authority("others").client("api")
    return root, lab.client_container("base", files_of(root, own=own, named=named, alien=alien))


def ask(client: Any, leaf: str | None) -> str:
    own = f"-cert /certs/{leaf}.pem -key /certs/{leaf}.key" if leaf else ""
    return run(client, "sh", "-c", ASK.format(own))[1]


def test_only_a_declared_caller_gets_through_and_its_name_cannot_be_forged(lab: Lab) -> None:
    """The header names the certificate's owner, whatever the caller wrote into it."""
    _, client = start(lab)
    assert "caller=api" in ask(client, "own")
    for leaf in (None, "named", "alien"):
        assert "caller=" not in ask(client, leaf)
    assert "caller=admin" not in ask(client, "own")


def test_a_leaving_task_serves_five_seconds_more_and_then_ends_well(lab: Lab) -> None:
    """SIGTERM: callers who have not heard of it yet are served; afterwards the container ends with status 0."""
    _, client = start(lab)
    container = lab.healthy("web")
    container.kill("SIGTERM")
    begun = time.monotonic()
    while time.monotonic() - begun < 3.5:
        assert "caller=api" in ask(client, "own")
    assert container.wait(timeout=20)["StatusCode"] == 0
    assert 4.5 < time.monotonic() - begun < 12


@pytest.mark.parametrize("victim", ["haproxy.cfg", "application.cfg"])
def test_when_either_process_dies_the_container_ends(lab: Lab, victim: str) -> None:
    """A front without its application, or an application without its front, does not linger."""
    start(lab)
    container = lab.healthy("web")
    killed_by_the_end_of_the_container = 137
    assert run(container, "bash", "-c", KILL, VICTIM=victim)[0] in (0, killed_by_the_end_of_the_container)
    assert container.wait(timeout=10)["StatusCode"] != 0
