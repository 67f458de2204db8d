"""What a person sees while it works and when it is done; or one JSON document."""

import json
import sys
import time
from typing import Any

from engine.api import Result
from engine.cli import tree
from engine.events import (
    BLOCKING,
    Diagnostic,
    Event,
    PolicyFinding,
    Progress,
    StepDone,
    StepFailed,
    StepStarted,
    Summary,
)

DONE = {"create": "created", "update": "updated", "delete": "deleted", "create-replacement": "created replacement",
        "delete-replaced": "deleted original", "refresh": "refreshed", "read": "read"}  # fmt: skip
TITLES = {"preview": "Previewing", "up": "Updating", "refresh": "Refreshing", "destroy": "Destroying"}
NOUNS = {"create": "to create", "update": "to update", "delete": "to delete", "replace": "to replace",
         "same": "unchanged", "read": "to read", "refresh": "to refresh"}  # fmt: skip
EVERY = 5.0
"""Seconds between two lines of progress."""
SLOW = 1.0
"""Seconds from which a step is worth a line of its own."""


class Display:
    """Takes the events of a run, and prints them; quiet in JSON until the end."""

    def __init__(self, stack: str, *, as_json: bool = False, diff: bool = False) -> None:
        self._stack, self._json, self._diff = stack, as_json, diff
        self.steps: list[StepStarted] = []
        self.diagnostics: list[Diagnostic] = []
        self.findings: list[PolicyFinding] = []
        self._total = self._done = 0
        self._acting = False
        self._began = self._spoke = time.monotonic()

    def begin(self, phase: str) -> None:
        """A phase starts."""
        self.steps.clear()
        self._acting, self._done, self._began = phase != "preview", 0, time.monotonic()
        self._say(f"{TITLES[phase]} ({self._stack}):")

    def __call__(self, event: Event) -> None:
        """Take one event."""
        match event:
            case StepStarted():
                self.steps.append(event)
            case StepDone():
                self._step_done(event)
            case StepFailed(op=op, urn=urn, message=message):
                self._say(f" !! {urn.split('::')[-1]} {op} failed: {message}")
            case Progress(urn=urn, message=message) if self._acting:
                self._say(f"    {urn.split('::')[-1]}: {message}")
            case Diagnostic(severity=severity) if severity != "debug":
                self.diagnostics.append(event)
                self._diagnostic(event)
            case PolicyFinding():
                self.findings.append(event)
            case Summary(phase="preview", ok=ok):
                self._plan()
                if ok and not self._json:
                    self._total = len(self.steps)
            case _:
                pass

    def finish(self, result: Result, phase: str) -> None:
        """The end: findings, outputs, counts; in JSON all of it as one document."""
        if self._json:
            print(json.dumps(self.document(result), indent=2))
            return
        self._findings()
        if phase != "preview" and result.ok and result.outputs and phase != "destroy":
            self._say("Outputs:")
            for name, value in sorted(result.outputs.items()):
                self._say(f"    {name}: {_short(value)}")
        counts = ", ".join(
            f"{count} {NOUNS.get(op, op) if phase == 'preview' else op}" for op, count in result.counts.items()
        )
        self._say(f"Resources: {counts or 'none'}")
        self._say(f"Duration: {result.seconds:.1f} s" + ("" if result.ok else "  (failed)"))

    def document(self, result: Result) -> dict[str, Any]:
        """The form of ``pulumi preview --json``, with the policies' findings."""
        return {
            "steps": [_step(step) for step in self.steps],
            "diagnostics": [{"severity": d.severity, "urn": d.urn, "message": d.message} for d in self.diagnostics],
            "policyFindings": [vars(finding) for finding in self.findings],
            "errors": list(result.errors),
            "outputs": result.outputs,
            "duration": int(result.seconds * 1_000_000_000),
            "changeSummary": result.counts,
            "ok": result.ok,
        }

    def _plan(self) -> None:
        if any(step.op != "same" for step in self.steps):
            for line in tree.lines(tree.build(self.steps)):
                self._say(line)
        if self._diff:
            for step in self.steps:
                for name in step.diffs:
                    self._say(
                        f"    {step.urn.split('::')[-1]}.{name}: {step.old.get(name)!r} => {step.new.get(name)!r}"
                    )

    def _step_done(self, event: StepDone) -> None:
        self._done += 1
        if not self._acting or event.op == "same":
            return
        name, now = event.urn.split("::")[-1], time.monotonic()
        if event.seconds >= SLOW:
            mark = tree.MARKS.get(event.op, "  ")
            self._say(f" {mark} {name} {DONE.get(event.op, event.op)} ({event.seconds:.1f} s)")
            self._spoke = now
        elif now - self._spoke > EVERY:
            self._say(f"    {self._done} of about {max(self._total, self._done)} done after {now - self._began:.0f} s")
            self._spoke = now

    def _diagnostic(self, event: Diagnostic) -> None:
        where = f"{event.urn.split('::')[-1]}: " if event.urn else ""
        self._say(f"  {event.severity}: {where}{event.message}")

    def _findings(self) -> None:
        if not self.findings:
            return
        self._say("Policy findings:")
        order = sorted(set(self.findings), key=lambda f: (f.severity not in BLOCKING, f.policy, f.urn))
        for finding in order:
            self._say(f"    [{finding.severity}] {finding.policy}  {finding.urn.split('::')[-1]}")
            for line in finding.message.strip().splitlines():
                self._say(f"        {line}")

    def _say(self, text: str) -> None:
        if not self._json:
            print(text, flush=True)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    first, *rest = text.splitlines() or [""]
    return f"{first} ... ({len(rest) + 1} lines)" if rest else first


def _step(step: StepStarted) -> dict[str, Any]:
    chain = step.urn.split("::")[2]
    state = {"urn": step.urn, "type": chain.rpartition("$")[2], "inputs": step.new}
    reasons = {"diffReasons": list(step.diffs), "replaceReasons": list(step.keys)}
    old = {"oldState": {**state, "inputs": step.old}} if step.old else {}
    return {"op": step.op, "urn": step.urn, **old, **({"newState": state} if step.new else {}), **reasons}


def error(message: str) -> None:
    """One clear error."""
    print(f"error: {message}", file=sys.stderr)
