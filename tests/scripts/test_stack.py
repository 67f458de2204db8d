"""A stack that is not up says so, whoever asks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("module", ["demo", "hello"])
def test_what_needs_a_running_stack_says_that_there_is_none(module: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PULUMI_BACKEND_URL": f"file://{tmp_path}", "PULUMI_CONFIG_PASSPHRASE": "thrown away"}
    command = [sys.executable, "-m", f"scripts.{module}", "dev"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "rempart: stack dev has no outputs: is it up? (make up)" in done.stderr
    assert "Traceback" not in done.stderr
