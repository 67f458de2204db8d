"""A run that is killed while a service starts: the next one finds the service, adopts it, and makes no second one."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from engine import api
from tests.engine.conformance.run import HERE
from tests.engine.conformance.test_docker_conformance import image  # noqa: F401 - a fixture
from tests.engine.stacks import resources, stack_of, start_up

pytestmark = pytest.mark.live


@pytest.mark.usefixtures("image", "quick")
@pytest.mark.parametrize("next_run", [api.up, api.refresh])
def test_an_interrupted_service_is_adopted(tmp_path: Path, next_run: Callable[..., api.Result]) -> None:
    stack = stack_of(tmp_path, "", project="killed")
    shutil.copy(HERE / "cases/docker-service/1.py", tmp_path / "__main__.py")
    process = start_up(stack)
    assert process.stdout
    for line in process.stdout:
        if "StepStarted(op='create'" in line and "service:Service::svc" in line:
            break
    time.sleep(2)
    for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)
    process.kill()
    process.wait()
    try:
        messages: list[str] = []
        result = next_run(stack, on_event=lambda event: messages.append(str(event)))
        assert result.ok, result.errors
        assert any("exists: adopted" in message for message in messages)
        assert api.up(stack).ok
        made = resources(stack)["svc"]
        services = docker.from_env().services.list()
        assert [each.id for each in services if each.name.startswith("svc-")].count(made.id) == 1
        assert set(api.preview(stack).counts) == {"same"}
    finally:
        assert api.destroy(stack).ok
