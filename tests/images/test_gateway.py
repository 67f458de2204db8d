"""The gateway's firewall blocks attacks, lets our own traffic pass, and logs neither headers nor bodies."""

from typing import Any

import pytest

from tests.images.lab import Lab, run

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

SETTINGS = """
load_module modules/ngx_http_modsecurity_module.so;
worker_processes 1;
pid /tmp/nginx.pid;
error_log stderr error;
events {}
http {
    access_log off;
    server {
        listen 8080;
        modsecurity on;
        modsecurity_rules_file /etc/modsecurity/rempart.conf;
        location / { proxy_pass http://127.0.0.1:18080; }
    }
    server {
        listen 127.0.0.1:18080;
        location / { return 200 "passed"; }
    }
}
"""
HEAD = "{method} {path} HTTP/1.1\r\nHost: assistant.example\r\nUser-Agent: test\r\nAccept: */*\r\nConnection: close\r\n"

FINE = [
    ("GET", "/health", "", ""),
    ("GET", "/api/messages?since=2024-01-01T00:00:00Z", "", ""),
    ("POST", "/api/messages", "application/json", '{"text": "Rappelle-moi d\'acheter du lait, s\'il te plaît"}'),
    ("DELETE", "/api/me", "", ""),
    ("POST", "/api/files/facture.pdf", "application/octet-stream", "%PDF-1.7 any bytes"),
    ("POST", "/webhook/sms", "application/x-www-form-urlencoded", "MessageSid=SM1&From=%2B12025550101&Body=Hi"),
    (
        "POST",
        "/webhook/sms",
        "application/x-www-form-urlencoded",
        "MessageSid=SM1&From=%2B12025550101&Body=note%3A+%27+OR+1%3D1+--+%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    ),
    (
        "GET",
        "/oauth/google/callback?state=aBc-_123&code=4%2F0AX4XfWh&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fgmail",
        "",
        "",
    ),
]
ATTACKS = [
    ("GET", "/api/messages?id=1%27%20OR%20%271%27=%271", "", ""),
    ("GET", "/api/messages?q=%3Cscript%3Ealert(1)%3C/script%3E", "", ""),
    ("GET", "/api/messages?file=../../../../etc/passwd", "", ""),
    ("GET", "/api/messages?cmd=;cat%20/etc/passwd", "", ""),
    ("POST", "/api/messages", "application/json", '{"id": "1 UNION SELECT password FROM users--"}'),
    (
        "POST",
        "/webhook/sms",
        "application/x-www-form-urlencoded",
        "MessageSid=1%27+UNION+SELECT+password+FROM+users--&From=%2B12025550101&Body=Hi",
    ),
    ("GET", "/oauth/google/callback?next=%3Cscript%3Ealert(1)%3C/script%3E", "", ""),
    ("TRACE", "/", "", ""),
    ("POST", "/api/messages", "application/octet-stream", "any bytes"),
]


def ask(container: Any, method: str, path: str, kind: str, body: str) -> int:
    head = HEAD.format(method=method, path=path)
    if body:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\nAuthorization: Bearer sesame\r\n"
    script = 'exec 3<>/dev/tcp/127.0.0.1/8080; printf %s "$REQUEST" >&3; read -r _ status _ <&3; echo "$status"'
    return int(run(container, "bash", "-c", script, REQUEST=f"{head}\r\n{body}")[1])


def test_attacks_are_blocked_and_our_own_traffic_passes(lab: Lab) -> None:
    """As uid 10001, with a read-only root: every sample, and what the log keeps of the refused ones."""
    command = ["drain", "QUIT", "nginx", "-g", "daemon off;"]
    check = ["probe", "8080", "/health", "/health"]
    lab.service("gateway", "gateway", command, check, configs={"/etc/nginx/nginx.conf": SETTINGS}, signal="SIGQUIT")
    container = lab.healthy("gateway")
    answers = {sample[1]: ask(container, *sample) for sample in FINE}
    assert set(answers.values()) == {200}, answers
    refusals = {sample[:2]: ask(container, *sample) for sample in ATTACKS}
    assert set(refusals.values()) <= {403, 405}, refusals
    log = lab.logs("gateway")
    assert '"transaction"' in log
    assert "OWASP_CRS" in log
    assert "sesame" not in log


def test_the_gateway_drains_and_ends_well_on_its_stop_signal(lab: Lab) -> None:
    """SIGQUIT: it serves while the edge learns, and the container ends with status 0."""
    command = ["drain", "QUIT", "nginx", "-g", "daemon off;"]
    check = ["probe", "8080", "/health", "/health"]
    lab.service("gateway", "gateway", command, check, configs={"/etc/nginx/nginx.conf": SETTINGS}, signal="SIGQUIT")
    container = lab.healthy("gateway")
    container.kill("SIGQUIT")
    assert ask(container, *FINE[0]) == 200
    assert container.wait(timeout=20)["StatusCode"] == 0
