"""Runs a case's programs, one after the other on one stack, and tells what happened as the recordings tell it."""

import json
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine import api
from engine.events import Diagnostic, Event

HERE = Path(__file__).parent
PASSPHRASE = "conformance"


@dataclass
class Run:
    ok: bool
    steps: list[dict[str, Any]]
    errors: list[dict[str, str]]


class Case:
    """One case on a stack of its own under `folder`."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.programs = sorted((HERE / "cases" / name).glob("*.py"), key=lambda path: int(path.stem))
        self.recorded = json.loads((HERE / "recorded" / f"{name}.json").read_text())
        self._root = folder / name
        self._root.mkdir()
        (self._root / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
        config = HERE / "cases" / name / "config.json"
        values = json.loads(config.read_text()) if config.exists() else {}
        project = api.Project.load(self._root)
        full = {f"{name}:{key}": value for key, value in values.items()}
        self.stack = api.Stack(project, "dev", full, frozenset(), folder, PASSPHRASE)

    def place(self, program: Path) -> None:
        shutil.copy(program, self._root / "__main__.py")

    def preview(self) -> Run:
        return self._run("preview")

    def up(self) -> Run:
        return self._run("up")

    def _run(self, operation: str) -> Run:
        """`up` acts without a plan of its own, as the recordings did (`--skip-preview`)."""
        errors: list[dict[str, str]] = []

        def on_event(event: Event) -> None:
            if isinstance(event, Diagnostic) and event.severity == "error":
                errors.append({"error": event.message, "urn": event.urn})

        act = api.preview if operation == "preview" else api.up_without_plan
        result = act(self.stack, on_event=on_event)
        steps = [
            {
                "op": step.op,
                "urn": "::".join(step.urn.split("::")[2:]),
                "diffs": list(step.diffs),
                "keys": list(step.keys),
            }
            for step in result.steps
        ]
        return Run(result.ok, steps, errors)

    def state(self) -> list[dict[str, Any]]:
        document = json.loads(self.stack.location.state.read_text())
        resources: list[dict[str, Any]] = document["checkpoint"]["latest"]["resources"] or []
        return resources


@cache
def _listed() -> list[dict[str, Any]]:
    return yaml.safe_load((HERE / "differences.yaml").read_text()) or []


def differences(name: str, program: int) -> set[str]:
    """What is not compared in a case, by the file that says why."""
    return {
        what
        for entry in _listed()
        if entry["case"] == name and program in entry.get("programs", [program])
        for what in entry["differs"]
    }
