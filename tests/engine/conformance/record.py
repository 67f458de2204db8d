"""python -m tests.engine.conformance.record NAME...: writes what the Pulumi CLI on PATH does with a case's programs."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.engine.conformance import normal
from tests.engine.conformance.run import HERE, PASSPHRASE

Json = Any
_FOLDERS = re.compile(r'(?<=File ")[^"]*/(?=[^/"]+")')  # of a traceback: they are the machine's


def record(name: str, folder: Path) -> list[Json]:
    """Previews and updates with each program in turn, on one new stack in `folder`; then destroys it."""
    (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
    (folder / "state").mkdir()
    _pulumi(folder, "stack", "init", "dev")
    config = HERE / "cases" / name / "config.json"
    for key, value in (json.loads(config.read_text()) if config.exists() else {}).items():
        _pulumi(folder, "config", "set", "--stack", "dev", key, value)
    recorded = []
    for program in sorted((HERE / "cases" / name).glob("*.py"), key=lambda path: int(path.stem)):
        shutil.copy(program, folder / "__main__.py")
        phases = {"preview": _run(folder, "preview"), "up": _run(folder, "up", "--yes", "--skip-preview")}
        recorded.append({"program": program.name, **phases, "state": _state(folder)})
    _pulumi(folder, "destroy", "--yes", "--skip-preview", "--stack", "dev")
    return recorded


def _run(folder: Path, *command: str) -> Json:
    log = folder / "events"
    done = _pulumi(folder, *command, "--stack", "dev", "--event-log", str(log))
    steps, errors = [], []
    for event in map(json.loads, log.read_text().splitlines()):
        match event:
            case {"resourcePreEvent": {"metadata": step}}:
                keys = ("diffs", "keys")
                steps.append(
                    {"op": step["op"], "urn": normal.short(step["urn"]), **{k: step.get(k) or [] for k in keys}}
                )
            case {"diagnosticEvent": {"severity": "error", **said}}:
                told = _FOLDERS.sub("", str(said["message"]))
                errors.append({"error": told, "urn": normal.short(str(said.get("urn", "")))})
            case {"resOpFailedEvent": {"metadata": step}}:
                errors.append({"failed": step["op"], "urn": normal.short(step["urn"])})
    log.unlink()
    return {"exit": done.returncode, "steps": steps, "errors": errors}


def _state(folder: Path) -> list[Json]:
    document = json.loads(_pulumi(folder, "stack", "export", "--stack", "dev").stdout)
    return normal.state(document["deployment"].get("resources") or [], sort=False)


def _pulumi(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # the Python that runs the programs
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DEBUG_COMMANDS": "true",  # --event-log
    }
    words = ["pulumi", "--cwd", str(folder), "--non-interactive", *command]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def _main(names: list[str]) -> Iterator[Path]:
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            path = HERE / "recorded" / f"{name}.json"
            path.write_text(json.dumps(record(name, Path(folder)), indent=1) + "\n")
            yield path


if __name__ == "__main__":
    for written in _main(sys.argv[1:]):
        print(written)
