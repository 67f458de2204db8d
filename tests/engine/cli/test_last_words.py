"""After an `up` of the CLI that failed, a service's own log says more than the name of its task."""

import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import docker
import pytest

from engine.cli.last_words import last_words

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

NAME = "dk-test-last-words"


@pytest.fixture
def crashing() -> Iterator[None]:
    """A service whose only task says why it ends."""
    tags = [tag for image in docker.from_env().images.list(name="rempart/base") for tag in image.tags]
    assert tags, "make the images first"
    created = ["docker", "service", "create", "--detach", "--quiet", "--name", NAME, "--label", f"rempart.stack={NAME}"]
    words = ["--restart-condition", "none", tags[0], "sh", "-c", "echo no database here; exit 3"]
    subprocess.run([*created, *words], check=True, capture_output=True)
    yield
    subprocess.run(["docker", "service", "rm", NAME], check=True, capture_output=True)


def waited(since: str) -> list[str]:
    """What is told once there is anything to tell."""
    for _ in range(200):
        if told := list(last_words(NAME, since)):
            return told
        time.sleep(0.3)
    return []


@pytest.mark.usefixtures("crashing")
def test_why_a_task_failed_is_told_with_its_log_and_an_older_failure_is_not() -> None:
    assert waited("2026") == [f"service {NAME}: task: non-zero exit (3)", "  its log: no database here"]
    assert list(last_words("another-stack", "2026")) == []
    time.sleep(1)
    assert list(last_words(NAME, datetime.now(UTC).isoformat())) == []
