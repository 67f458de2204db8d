"""A small project of its own for each test, and the command line on it."""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.cli.command import main
from tests.inside import ran

ROOT = Path(__file__).parents[3]
PROJECT = """
name: demo
runtime: {name: python}
config:
  size: {type: integer, default: 12}
  vault: {secret: true, default: ""}
"""
PROGRAM = """
import pulumi
import pulumi_random as random


class Safe(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("demo:index:Safe", name)
        size = pulumi.Config().require_int("size")
        self.password = random.RandomPassword(f"{name}-password", length=size, opts=pulumi.ResourceOptions(parent=self))


safe = Safe("safe")
pulumi.export("size", safe.password.length)
pulumi.export("password", safe.password.result)
"""
STACK = "config:\n  # how long\n  demo:size: 16\n"


@dataclass(frozen=True)
class Place:
    """A project folder, and the command line in it."""

    path: Path
    environment: dict[str, str]

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return ran(main, *arguments, environment={**self.environment, **environment}, folder=self.path)

    def must(self, *arguments: str, **environment: str) -> str:
        done = self.run(*arguments, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, *arguments: str, **environment: str) -> str:
        """The one line that says why."""
        done = self.run(*arguments, **environment)
        assert done.returncode == 1, done.stdout + done.stderr
        assert done.stderr.startswith("error: ")
        assert "Traceback" not in done.stderr
        return done.stderr.removeprefix("error: ").strip()

    def document(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)


@pytest.fixture(autouse=True)
def _quick(quick: None) -> None:
    """The command line is what is tested here; the engine's own processes and keys have tests of their own."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    (tmp_path / "Pulumi.stage.yaml").write_text(STACK)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    return tmp_path


@pytest.fixture
def clean() -> dict[str, str]:
    """The environment without Pulumi's variables, without the CLI and without a choice of the engine."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "REMPART_"))}
    folders = [each for each in kept["PATH"].split(":") if not (Path(each) / "pulumi").exists()]
    return {**kept, "PATH": ":".join(folders)}


@pytest.fixture
def place(project: Path, clean: dict[str, str]) -> Place:
    return Place(project, clean)


@pytest.fixture
def command(project: Path, clean: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command line in this process, for what starts no engine."""
    for key in os.environ.keys() - clean.keys():
        monkeypatch.delenv(key)
    monkeypatch.setenv("PATH", clean["PATH"])
    monkeypatch.chdir(project)
    return lambda *arguments: main(arguments)
