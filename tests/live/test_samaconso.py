"""SamaConso on a real engine, as its stack file has it."""

import http.client
import itertools
import json
import secrets
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from docker import APIClient

from tests.live.checkout import Checkout
from tests.live.engine import docker, left_over, services, task
from verify.expected import expected
from verify.public import Answer, Public
from verify.running import Target

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]

STACK = "samaconso"
PAUSE = 0.5
"""Seconds between requests: one customer may ask twice a second."""


@pytest.fixture(scope="module")
def samaconso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """The stack, and nothing of it afterwards."""
    checkout = Checkout.at(tmp_path_factory.mktemp(STACK))
    try:
        checkout.must("up", "--yes", "--stack", STACK)
        yield checkout
    finally:
        checkout.must("destroy", "--yes", "--stack", STACK)
    assert left_over(f"{STACK}-") == []


def test_a_second_preview_is_empty(samaconso: Checkout) -> None:
    assert set(samaconso.preview(STACK)["changeSummary"]) == {"same"}


def test_every_proof_holds_and_so_do_the_technical_rows_of_the_go_live_checklist(samaconso: Checkout) -> None:
    samaconso.prove(STACK)
    command = [".venv/bin/python", "-m", "scripts.golive", STACK, "--json"]
    done = subprocess.run(command, cwd=samaconso.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert counts["holds"]
    assert counts["people"]


@pytest.mark.parametrize("job", ["daily", "weekly", "monthly", "health"])
def test_its_jobs_find_nothing_wrong(samaconso: Checkout, job: str) -> None:
    program = f"python3 -m apps.jobs {job} --json || true"
    said = json.loads(docker("exec", task(STACK, "jobs"), "sh", "-c", program))
    assert said["ok"], said["findings"]


@pytest.mark.alone
def test_a_rotation_of_every_password_and_certificate_fails_no_request(samaconso: Checkout) -> None:
    """Of the database through its pooler, the broker, the cache, the balancer and the object store, and back to one."""
    with asking(samaconso) as failures:
        for generations in ({"current": 2, "previous": 1}, {"current": 2}):
            samaconso.change(STACK, generations=generations)
            samaconso.must("up", "--yes", "--stack", STACK)
    assert not failures, "\n".join(failures)
    files = {
        secret["File"]["Name"]: secret["SecretName"]
        for service in services(STACK).values()
        for secret in service["Spec"]["TaskTemplate"]["ContainerSpec"].get("Secrets", ())
    }
    assert any("-g2" in name for name in files.values())
    assert not any("-g1" in name for name in files.values())


@contextmanager
def asking(checkout: Checkout) -> Iterator[list[str]]:
    """A customer who signs in, looks up, uploads and is notified again and again meanwhile; and what went wrong."""
    public = Public.of(Target(checkout.path, STACK, *expected(checkout.path, STACK), APIClient()))
    customer = Customer(public)
    thread = threading.Thread(target=customer.ask)
    thread.start()
    try:
        yield customer.failures
    finally:
        customer.ended.set()
        thread.join()
    assert customer.asked > 50


class Customer:
    """Asks until `ended`. A token lives for as long as the key that signed it, so every round signs in again."""

    def __init__(self, public: Public) -> None:
        self.public, self.ended, self.asked, self.failures = public, threading.Event(), 0, list[str]()
        self.user: dict[str, str] = {}
        self.account = {"customer": f"rotated-{secrets.token_hex(4)}", "password": secrets.token_urlsafe(16)}
        assert self._said("POST", "/api/accounts", self.account).status == 201

    def ask(self) -> None:
        """One request after another."""
        for method, path, body in itertools.cycle(
            (
                ("POST", "/api/login", self.account),
                ("GET", "/api/consumption", None),
                ("POST", "/api/files/note.txt", b"a file"),
                ("GET", "/api/files/note.txt", None),
                ("POST", "/api/notifications", {"text": "une coupure", "priority": "urgent"}),
            )
        ):
            if self.ended.wait(PAUSE):
                return
            self.asked += 1
            try:
                answer = self._said(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{method} {path}: {type(error).__name__}: {error}")
                continue
            if answer.status >= 300:
                self.failures.append(f"{method} {path}: {answer.status} {answer.body[:120]!r} at {time.strftime('%X')}")
            elif path == "/api/login":
                self.user = {"Authorization": f"Bearer {json.loads(answer.body)['token']}"}

    def _said(self, method: str, path: str, body: dict[str, str] | bytes | None) -> Answer:
        kind = "application/json" if isinstance(body, dict) else "application/octet-stream"
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        headers = self.user | ({"Content-Type": kind} if body else {})
        return self.public.ask(method, path, headers=headers, body=content)
