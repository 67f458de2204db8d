"""MinIO behind its front: who gets in, by which certificate and key, how far; a rotation, and a restart."""

from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from components.objects import ROOT
from components.text import minio
from diagram import Link, ObjectStore, Protocol
from tests.images.certificates import Authority
from tests.images.lab import Lab, run
from tests.images.test_postgres_keeper import files_of

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

IMAGE = "rempart/any:sha256-" + "0" * 64
SIGNED = (Path(__file__).parents[2] / "verify" / "s3.py").read_text()
ASK = """
import http.client, ssl, sys
method, path, key, secret, leaf, body = sys.argv[1:]
context = ssl.create_default_context(cafile="/certs/root.pem")
if leaf:
    context.load_cert_chain(f"/certs/{leaf}.pem", f"/certs/{leaf}.key")
connection = http.client.HTTPSConnection("store", 9000, context=context, timeout=10)
place, _, query = path.partition("?")
headers = signed(method, place, "store:9000", key, secret, query) if key else {}
try:
    connection.request(method, path, body=body.encode() or None, headers=headers)
    answer = connection.getresponse()
    print(answer.status, answer.read().decode()[:400])
except OSError as error:
    print("no", error)
"""
SHOWN = "openssl s_client -connect store:9000 < /dev/null 2> /dev/null | openssl x509 -noout -fingerprint -sha256"


def fingerprint(certificate: str) -> str:
    """As openssl prints it."""
    return x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA256()).hex(":").upper()


def test_each_caller_has_its_own_prefix_by_its_own_key_and_certificate(lab: Lab) -> None:
    """One store: every wrong way in is refused, a removed login is refused, and files outlive the task."""
    root, callers = Authority("root"), Authority("callers")
    service = ObjectStore(name="store", image=IMAGE, bucket="uploads")
    links = [
        Link(caller=name, callee="store", protocol=Protocol.s3, port=9000, prefixes=(f"{name}/",))
        for name in ("api", "worker")
    ]
    secrets = {"api_g1": "first-secret-of-api", "worker_g1": "first-secret-of-worker"}
    shared, env = lab.memory(), [f"{name}={value}" for name, value in ROOT.items()]
    leaf = root.server("store")
    held = {
        "server.pem": leaf.certificate, "server.pem.key": leaf.key, "callers.pem": callers.certificate,
        "root.password": "root-of-the-store", "grants.json": minio.grants(service, links, secrets),
    }  # fmt: skip
    front = minio.front(service, ["api", "worker"], ["prometheus"])
    check = ["probe", "19000", service.health.ready, service.health.alive]
    configs = {"/etc/front/haproxy.cfg": front}
    mounts = [shared, lab.data("/data")]
    root_alone = {"root.password": held["root.password"]}
    lab.service(
        "store", "minio", ["store"], check, files=root_alone, configs=configs, mounts=mounts, env=["PORT=19000", *env]
    )
    lab.service("keeper", "minio", ["keeper"], ["test", "-f", "/tmp/ready"], files=held, mounts=[shared], env=env)
    lab.healthy("store")
    lab.healthy("keeper")
    leaves = {name: callers.client(name) for name in ("api_g1", "api_g2", "worker_g1", "prometheus", "nobody")}
    late, alien = callers.client("api_g1", expired=True), Authority("others").client("api_g1")
    client = lab.client_container("app", files_of(root, **leaves, late=late, alien=alien))

    def ask(method: str, path: str, key: str = "api_g1", leaf: str = "api_g1", secret: str = "", body: str = "") -> str:
        word = secret or secrets.get(key, "")
        return run(client, "python3", "-c", SIGNED + ASK, method, path, key, word, leaf, body)[1]

    assert ask("PUT", "/uploads/api/one", body="kept").startswith("200")
    assert ask("GET", "/uploads/api/one") == "200 kept\n"
    assert "<Key>api/one</Key>" in ask("GET", "/uploads?list-type=2&prefix=api%2F")
    refused: dict[str, Any] = {
        "another's prefix": ask("GET", "/uploads/worker/one"),
        "writing there": ask("PUT", "/uploads/worker/one", body="x"),
        "the whole bucket": ask("GET", "/uploads?list-type=2&prefix="),
        "a bucket of one's own": ask("PUT", "/another"),
        "a wrong key": ask("GET", "/uploads/api/one", secret="wrong"),
        "no key": ask("GET", "/uploads/api/one", key=""),
        "another's key": ask("GET", "/uploads/worker/one", key="worker_g1"),
        "another's certificate": ask("GET", "/uploads/api/one", leaf="worker_g1"),
        "no certificate": ask("GET", "/uploads/api/one", leaf=""),
        "an undeclared name": ask("GET", "/uploads/api/one", leaf="nobody"),
        "another authority": ask("GET", "/uploads/api/one", leaf="alien"),
        "an expired certificate": ask("GET", "/uploads/api/one", leaf="late"),
        "the root user": ask("GET", "/uploads/api/one", key="root", secret="root-of-the-store"),
        "the administration": ask("GET", "/minio/admin/v3/info", key="root", secret="root-of-the-store"),
        "figures for a caller": ask("GET", "/minio/v2/metrics/cluster"),
        "files for the monitor": ask("GET", "/uploads/api/one", key="", leaf="prometheus"),
    }
    assert {what: answer for what, answer in refused.items() if answer.startswith("2")} == {}
    assert "minio_" in ask("GET", "/minio/v2/metrics/cluster", key="", leaf="prometheus")

    secrets["api_g2"] = "second-secret-of-api"
    before, renewed, answers = lab.healthy("store").id, root.server("store"), list[str]()
    held |= {"server.pem": renewed.certificate, "server.pem.key": renewed.key}
    lab.give("keeper", held | {"grants.json": minio.grants(service, links, secrets)})

    def renewed_while_it_answers() -> bool:
        answers.append(ask("GET", "/uploads/api/one"))
        return fingerprint(renewed.certificate) in run(client, "sh", "-c", SHOWN)[1]

    lab.until(renewed_while_it_answers, 60, lambda: lab.logs("keeper") + lab.logs("store"))
    assert set(answers) == {"200 kept\n"}, "each certificate was shown in its time, without a gap"
    assert ask("GET", "/uploads/api/one", "api_g2", "api_g2") == "200 kept\n"

    del secrets["api_g1"]
    lab.give("keeper", held | {"grants.json": minio.grants(service, links, secrets)})
    lab.until(
        lambda: ask("GET", "/uploads/api/one", secret="first-secret-of-api").startswith("403"),
        60,
        lambda: lab.logs("keeper"),
    )
    assert lab.healthy("store").id == before

    lab.healthy("store").kill("SIGKILL")
    lab.until(lambda: lab.healthy("store").id != before, 60, lambda: lab.logs("store"))
    assert ask("GET", "/uploads/api/one", "api_g2", "api_g2") == "200 kept\n"
    assert not any(word in lab.logs("store") + lab.logs("keeper") for word in (*secrets.values(), "root-of-the-store"))
