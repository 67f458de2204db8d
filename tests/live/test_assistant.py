"""The assistant on a real engine: deployed, changed, broken, rotated, removed."""

import json
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from tests.live.checkout import Checkout
from tests.live.engine import docker, services, task

pytestmark = [pytest.mark.live, pytest.mark.timeout(1200)]

READERS = ("api", "agent", "oauth-manager")
"""Who shares the application's key: a secret says who may read it, and is another once somebody else may."""
NEW_SERVICE = """
    notes = Service(
        name="notes", port=8006, command=role("agent"), uses=(postgres.role(), redis.keys("~notes:*")),
        secrets=(API_KEY,), **app,
    )  # fmt: skip

    alerting ="""


def changes(checkout: Checkout) -> dict[str, int]:
    """What a preview would change, by operation."""
    counts: dict[str, int] = checkout.preview("live")["changeSummary"]
    return {op: count for op, count in counts.items() if op != "same"}


def test_a_second_preview_is_empty(assistant: Checkout) -> None:
    assert changes(assistant) == {}


def test_what_was_deployed_keeps_every_rule(assistant: Checkout) -> None:
    state = assistant.must("stack", "export", "--stack", "live")
    command = [".venv/bin/python", "-m", "policies", "check", "-"]
    done = subprocess.run(command, cwd=assistant.path, input=state, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_refresh_finds_no_drift(assistant: Checkout) -> None:
    assistant.must("refresh", "--yes", "--stack", "live")
    assert changes(assistant) == {}


def test_every_proof_holds(assistant: Checkout) -> None:
    assistant.prove("live")


@contextmanager
def prometheus(checkout: Checkout) -> Iterator[str]:
    """Its address by the forwarder, as long as that runs."""
    command = [".venv/bin/python", "-m", "scripts.forward", "live", "prometheus", "19991"]
    running = subprocess.Popen(command, cwd=checkout.path, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout
        assert "http://127.0.0.1:19991" in running.stdout.readline()
        yield "http://127.0.0.1:19991"
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(timeout=10)


def test_an_internal_port_is_reached_by_a_forwarder_and_published_nowhere(assistant: Checkout) -> None:
    with prometheus(assistant) as address, urllib.request.urlopen(f"{address}/-/ready", timeout=10) as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{address}/-/ready", timeout=10)


def test_every_certificate_tells_when_it_ends(assistant: Checkout) -> None:
    state = json.loads(assistant.must("stack", "export", "--stack", "live"))
    leaves = [each for each in state["deployment"]["resources"] if each["type"].endswith(":LocallySignedCert")]
    ends = {
        each["urn"].rpartition("::")[2].removesuffix("-certificate"): each["outputs"]["validityEndTime"]
        for each in leaves
    }
    query = "/api/v1/query?query=rempart_certificate_end_timestamp_seconds"
    with prometheus(assistant) as address, urllib.request.urlopen(address + query, timeout=10) as answer:
        samples = json.load(answer)["data"]["result"]
    told = {each["metric"]["certificate"]: float(each["value"][1]) for each in samples}
    assert told == {name: datetime.fromisoformat(end).timestamp() for name, end in ends.items()}


def test_a_crashing_image_is_rolled_back_and_said_so(assistant: Checkout) -> None:
    path = assistant.path / "systems" / "common" / "__init__.py"
    good = path.read_text()
    before = services("live")["node-exporter"]["Spec"]["TaskTemplate"]["ContainerSpec"].get("Args")
    path.write_text(
        good.replace('name="node-exporter", port=9100,', 'name="node-exporter", port=9100, command=("false",),')
    )
    failed = assistant.run("up", "--yes", "--stack", "live")
    path.write_text(good)
    after = services("live")["node-exporter"]["Spec"]["TaskTemplate"]["ContainerSpec"].get("Args")
    assert failed.returncode == 1
    assert "node-exporter" in failed.stdout
    assert after == before
    assistant.must("up", "--yes", "--stack", "live")
    assert changes(assistant) == {}


def test_a_rotation_of_every_password_fails_no_request(assistant: Checkout) -> None:
    """Both generations are accepted while the services change over; then the old one is shut."""
    assistant.change("live", generations={"current": 2, "previous": 1})
    assistant.must("up", "--yes", "--stack", "live")
    assert "api_g2" in roles_that_may_log_in()
    assistant.change("live", generations={"current": 2})
    assistant.must("up", "--yes", "--stack", "live")
    assert roles_that_may_log_in() & {"api_g1", "api_g2"} == {"api_g2"}
    assert services("live")["postgres"]["Version"] is not None


def roles_that_may_log_in() -> set[str]:
    """The login roles of the database."""
    query = "select rolname from pg_roles where rolcanlogin"
    return set(
        docker(
            "exec",
            task("live", "postgres"),
            "psql",
            "-h",
            "/run/keeper",
            "-U",
            "rempart",
            "-d",
            "postgres",
            "-Atc",
            query,
        ).split()
    )


def test_up_ends_what_a_killed_up_began(assistant: Checkout) -> None:
    assistant.change("live", replicas={"api": 2})
    command = ["./pulumiw", "--non-interactive", "up", "--yes", "--stack", "live"]
    running = subprocess.Popen(
        command, cwd=assistant.path, env=assistant.environment, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout
    for line in running.stdout:
        if line.startswith("Updating"):
            break
    time.sleep(2)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assistant.must("up", "--yes", "--stack", "live")
    assert changes(assistant) == {}
    assert services("live")["api"]["Spec"]["Mode"]["Replicated"]["Replicas"] == 2


def test_a_new_service_takes_five_lines_and_restarts_only_whom_it_touches(assistant: Checkout) -> None:
    path = assistant.path / "systems" / "assistant.py"
    text = path.read_text().replace("\n    alerting =", NEW_SERVICE, 1)
    path.write_text(text.replace("worker, beat,\n", "worker, beat, notes,\n", 1))
    steps = assistant.preview("live")["steps"]
    touched = {
        step["urn"].split("::")[-1].removeprefix("assistant-").removesuffix("-service")
        for step in steps
        if step["op"] in ("update", "replace") and "docker:index/service:Service" in step["urn"]
    }
    callees = {"postgres", "redis", "postgres-keeper", "redis-keeper"}
    assert touched == {*callees, "prometheus", "node-exporter", *READERS}
    assistant.must("up", "--yes", "--stack", "live")
    assert "notes" in services("live")
