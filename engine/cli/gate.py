"""The policy gate in front of the Pulumi CLI, and the way to it.

The CLI lets an undecidable mandatory rule through as an advisory, and runs stack rules after the resources exist. So
`up` previews first, reads the event stream (only that carries the findings), and goes on only when nothing speaks
against it. Every other command goes to the CLI as it is.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from engine.api import Record
from engine.cli import files, place
from engine.cli.described import described
from engine.cli.display import Display
from engine.cli.last_words import last_words
from engine.cli.neighbours import Neighbours
from engine.cli.operations import ask, policy_packs
from engine.cli.stream import events
from engine.errors import EngineError
from engine.history import last_rollouts
from engine.job import Finished
from engine.rollout import Measured

_GATED: Final = {"preview": "preview", "pre": "preview", "up": "up", "update": "up"}
_UNGATED: Final = {"watch": "it deploys without asking the policies", "--remote": "the gate runs here alone"}
_NAMING: Final = frozenset({"init", "select", "rm"})
_UP_ONLY: Final = frozenset({"--continue-on-error", "--strict"})  # `preview` has no such arguments
_RUNS: Final = 100  # of the history, in which the last roll-out is looked for
_PLAN: Final = "--plan"  # of a preview that was not gated


def run(given: Sequence[str]) -> int:
    """Runs `given` with the CLI; 0 when it did what was asked, 1 when a policy or the CLI refused."""
    known, rest = own().parse_known_args(given)
    command = next((word for word in rest if not word.startswith("-")), "")
    for word in (*_UNGATED, _PLAN):
        if word in rest:
            raise EngineError(f"pulumiw refuses {word}: {_UNGATED.get(word, 'its plan was not asked about here')}")
    gate = _Gate(known, rest)
    if command in {*_GATED, "config"}:
        gate.init()
    if command not in _GATED:
        return gate.forward(given)
    rest.remove(command)
    named = policy_packs(known.policy_pack, gate.root)
    acting = [word for word in rest if _GATED[command] == "up" and word.partition("=")[0] in _UP_ONLY]
    rest = [word for word in rest if word not in acting]
    passed = [*rest, *_each("--policy-pack", named), *_each("--policy-pack-config", known.policy_pack_config or ())]
    if not gate.preview(_GATED[command], passed, named):
        return 1
    if _GATED[command] == "preview":
        return 0
    if not known.yes:
        if known.non_interactive or not sys.stdin.isatty():
            raise EngineError("--yes must be passed in to proceed when running in non-interactive mode")
        if not ask("update"):
            raise EngineError("confirmation declined, not proceeding")
    flags = ["--json"] if known.json else []
    return gate.up("--skip-preview", "--yes", *flags, *gate.where, *passed, *acting)


def own() -> argparse.ArgumentParser:
    """The arguments that the gate has to know; all others go to the CLI, in the preview and in the `up`."""
    own = argparse.ArgumentParser(prog="pulumiw", add_help=False, allow_abbrev=False)
    own.add_argument("--engine")
    own.add_argument("-s", "--stack")
    own.add_argument("-C", "--cwd", default=".")
    for flag in ("--policy-pack", "--policy-pack-config", "--report"):
        own.add_argument(flag, action="append")
    own.add_argument("--source", default="__main__.py")
    own.add_argument("--color", default="auto")
    for flags in (("-y", "--yes"), ("-f", "--skip-preview"), ("-j", "--json"), ("--diff",), ("--non-interactive",)):
        own.add_argument(*flags, action="store_true")
    return own


class _Gate:
    """The CLI on one stack."""

    def __init__(self, known: argparse.Namespace, rest: Sequence[str]) -> None:
        self._known = known
        self.root = place.root_of(Path(known.cwd))
        self.where = ["--cwd", str(Path(known.cwd).resolve())]
        action = tuple(word for word in rest if not word.startswith("-"))
        named = action[2] if action[:1] == ("stack",) and len(action) > 2 and action[1] in _NAMING else known.stack
        self._name = place.chosen_stack(self.root, named)
        self._selects = action[:2] == ("stack", "select")
        self.where += ["--stack", self._name] if self._name else []
        self._environment = {**os.environ, **place.for_cli(self.root, self._name)}

    def init(self) -> None:
        """The stack, where it is one of development and new: that asks nothing of its user, with either engine."""
        if place.is_new(self.root, self._name) and self.pulumi("stack", "init", "--no-select", *self.where):
            raise EngineError(f"stack {self._name} could not be made")

    def forward(self, given: Sequence[str]) -> int:
        """Any other command, as it was typed."""
        code = self.pulumi(*_without_engine(given))
        if code == 0 and self._selects and self._name:
            place.choose(self.root, self._name)
        return code

    def pulumi(self, *words: str) -> int:
        with place.unsalted(self.root, self._name):
            return subprocess.run(["pulumi", *words], env=self._environment, check=False).returncode

    def up(self, *words: str) -> int:
        """The act; after a failure also what the services that failed said last."""
        began = datetime.now(UTC).isoformat()
        if code := self.pulumi("up", *words):
            for line in last_words(self._name, began) if self._name else ():
                print(line, file=sys.stderr)
        return code

    def preview(self, command: str, passed: Sequence[str], packs: Sequence[Path]) -> bool:
        """Shows the plan and what the policies say; whether nothing speaks against it."""
        known = self._known
        wanted = files.wanted(known.report)
        display = Display(
            self._name or "selected stack",
            as_json=known.json and command == "preview",
            diff=known.diff,
            color=known.color,
            measures=self._measures,
        )
        display.begin("preview", silent=known.skip_preview)
        began, seen, neighbours = time.monotonic(), Record(), Neighbours(self._name)
        with (
            place.unsalted(self.root, self._name),
            subprocess.Popen(
                ["pulumi", "preview", "--json", "--non-interactive", *self.where, *passed],
                env={**self._environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"},
                stdout=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            assert process.stdout
            for event in events(process.stdout):
                seen.add(event)
                neighbours.see(event)
                display(event)
        result = seen.result(Finished(process.returncode == 0, (), {}), time.monotonic() - began)
        if display.plan.rules:
            display.plan.describe(described(packs, known.policy_pack_config, self._name))
        display.finish(result, "preview")
        if wanted:
            files.write(display.report(result), wanted, known.source)
        if result.ok and command == "up":
            neighbours.refuse()
        return result.ok

    def _measures(self) -> Mapping[tuple[str, str], Measured]:
        """How long services took the last time, from the history, where an embedded engine has written it."""
        asked = ["pulumi", "stack", "history", "--json", "--page-size", str(_RUNS), *self.where]
        told = subprocess.run(asked, env=self._environment, capture_output=True, text=True, check=False)
        try:
            return last_rollouts(json.loads(told.stdout))
        except ValueError:
            return {}


def _each(flag: str, values: Iterable[object]) -> list[str]:
    return [word for value in values for word in (flag, str(value))]


def _without_engine(given: Sequence[str]) -> list[str]:
    rest, skip = [], False
    for word in given:
        if skip or word == "--engine":
            skip = not skip
        elif not word.startswith("--engine="):
            rest.append(word)
    return rest
