"""What the commands around backups refuse, in one sentence, before anything is asked of an engine."""

import os
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from tests.inside import ran


def asked(tmp_path: Path, module: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command on a machine without an engine."""
    environment = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    return ran(import_module(f"scripts.{module}").main, *words, environment=environment)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["list"], "no Docker engine answers"),
        (["restore"], "no Docker engine answers"),
        (["restore", "--from", "pyproject.toml"], "--from and --key: each needs the other"),
        (["restore", "--key", "pyproject.toml"], "--from and --key: each needs the other"),
        (["restore", "--from", "/nowhere", "--key", "pyproject.toml"], "/nowhere: there is no such file"),
        (["restore", "--from", "pyproject.toml", "--key", "/nowhere"], "/nowhere: there is no such file"),
        (["forget"], "invalid choice: 'forget'"),
    ],
)
def test_a_backup_command_that_cannot_be_done_says_why(tmp_path: Path, words: list[str], says: str) -> None:
    done = asked(tmp_path, "backup", "recyclic", *words)
    assert done.returncode != 0
    assert says in done.stderr


def test_a_restore_without_a_platform_needs_the_file_and_the_key(tmp_path: Path) -> None:
    assert "--key" in asked(tmp_path, "restore", "pyproject.toml").stderr
    done = asked(tmp_path, "restore", "/nowhere", "--key", "pyproject.toml")
    assert (done.returncode, done.stderr) == (1, "rempart: /nowhere: there is no such file\n")


def test_a_system_without_backups_has_none_to_validate(tmp_path: Path) -> None:
    done = asked(tmp_path, "validate", "checkin")
    assert (done.returncode, done.stdout) == (
        0, "stack checkin declares no backups: there is nothing to validate\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stack", "says"), [("nowhere", "there is no stack nowhere; there are"), ("recyclic", "no Docker engine answers")]
)
def test_what_cannot_be_validated_holds_a_deployment_back(tmp_path: Path, stack: str, says: str) -> None:
    done = asked(tmp_path, "validate", stack)
    assert done.returncode == 1
    assert says in done.stderr
