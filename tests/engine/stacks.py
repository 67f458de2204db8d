"""Small stacks for the engine's tests, and a way to run one in a process that may be killed."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine import api, crypto
from engine.backend import Location, crypter_of, load, read_raw
from engine.state import ResourceState

PASSPHRASE = "a passphrase for tests"
ROOT = Path(__file__).parents[2]


def stack_of(
    folder: Path,
    program: str,
    *,
    config: Mapping[str, Any] | None = None,
    secret_keys: frozenset[str] = frozenset(),
    passphrase: str = PASSPHRASE,
    project: str = "demo",
    schema: str = "",
) -> api.Stack:
    """The stack `dev` of a project with this program, its state in the same folder."""
    folder.mkdir(exist_ok=True)
    (folder / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n{textwrap.dedent(schema)}")
    (folder / "__main__.py").write_text(textwrap.dedent(program))
    return api.Stack(api.Project.load(folder), "dev", dict(config or {}), secret_keys, folder, passphrase)


def resources(stack: api.Stack) -> dict[str, ResourceState]:
    """What the state holds, by name."""
    crypter = crypter_of(read_raw(stack.location), stack.passphrase)
    return {each.urn.rsplit("::", 1)[1]: each for each in load(stack.location, crypter).resources}


def raw_state(location: Location) -> str:
    return location.state.read_text()


def start_up(stack: api.Stack) -> "subprocess.Popen[str]":
    """`up` in a process group of its own; every event is a line of its output. Keys are derived as the test's are."""
    code = f"""
        from pathlib import Path
        from engine import api, crypto
        crypto.ITERATIONS = {crypto.ITERATIONS}
        stack = api.Stack(api.Project.load(Path({str(stack.project.root)!r})), "dev", {dict(stack.config)!r},
                          frozenset(), Path({str(stack.backend)!r}), {stack.passphrase!r})
        result = api.up_without_plan(stack, on_event=lambda event: print(event, flush=True))
        print(result.errors)
        raise SystemExit(0 if result.ok else 1)
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
