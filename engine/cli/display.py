"""What a person sees while it works and when it is done; or one JSON document."""

import json
import sys
import time
from typing import Any, Final

from engine.api import Result
from engine.cli import difference
from engine.cli.reporting import Measures, Plan
from engine.cli.screen import Screen
from engine.events import (
    BLOCKING,
    Diagnostic,
    Event,
    PolicyFinding,
    PolicyPack,
    Progress,
    StepDone,
    StepFailed,
    StepStarted,
    Summary,
)
from engine.urn import name_of, type_of
from report import document, table, tree
from report.model import Report
from report.plan import PARTS

DONE = {"create": "created", "update": "updated", "delete": "deleted", "create-replacement": "created replacement",
        "delete-replaced": "deleted original", "refresh": "refreshed", "read": "read",
        "discard": "discarded"}  # fmt: skip
TITLES = {"preview": "Previewing", "up": "Updating", "refresh": "Refreshing", "destroy": "Destroying"}
NOUNS = {"create": "to create", "update": "to update", "delete": "to delete", "replace": "to replace",
         "same": "unchanged", "read": "to read", "discard": "to discard", "refresh": "to refresh"}  # fmt: skip
EVERY: Final = 5.0  # seconds between two lines of progress
SLOW: Final = 1.0  # seconds from which a step is worth a line of its own


class Display:
    """Takes the events of a run, and prints them; quiet in JSON until the end."""

    def __init__(
        self, stack: str, *, as_json: bool = False, diff: bool = False, color: str = "auto", measures: Measures = dict
    ) -> None:
        self._stack, self._json, self._diff = stack, as_json, diff
        self._screen = Screen(color)
        self.plan = Plan(stack, measures)
        self._total = self._done = 0
        self._acting, self._silent = False, False
        self._working: dict[str, str] = {}
        self._began = self._spoke = 0.0

    def begin(self, phase: str, *, silent: bool = False) -> None:
        """A phase starts; a `silent` one shows its plan only when it fails."""
        self._total = len(self.plan.steps)
        self.plan.clear()
        self._working.clear()
        self._silent = silent
        self._acting, self._done = phase != "preview", 0
        self._began = self._spoke = time.monotonic()
        self._say(f"{TITLES[phase]} ({self._stack}):")

    def __call__(self, event: Event) -> None:
        """Take one event."""
        match event:
            case StepStarted():
                self.plan.steps.append(event)
                if self._acting and event.op != "same":
                    self._works(event.urn, "")
            case StepDone():
                self._step_done(event)
            case StepFailed(op=op, urn=urn):
                self._working.pop(urn, None)
                self._say(f" !! {name_of(urn)} {op} failed")
            case Progress(urn=urn, message=message) if self._acting and self._working.get(urn) != message:
                self._works(urn, message)
                self._say(f"    {name_of(urn)}: {message}")
            case Diagnostic(severity=severity) if severity != "debug":
                self.plan.diagnostics.append(event)
                self._diagnostic(event)
            case PolicyFinding():
                self.plan.findings.append(event)
            case PolicyPack():
                self.plan.asked(event)
            case Summary(phase="preview", ok=ok) if not (self._silent and ok):
                self._plan()
            case _:
                pass

    def finish(self, result: Result, phase: str) -> None:
        """The end: findings, outputs, counts; in JSON all of it as one document."""
        self._screen.rest()
        if self._json:
            print(json.dumps(self.document(result), indent=2))
        else:
            for line in table.judgement(self.report(result)):
                self._say(line)
            if phase in ("up", "refresh") and result.ok and result.outputs:
                self._say("Outputs:")
                for name, value in sorted(result.outputs.items()):
                    self._say(f"    {name}: {_short(value)}")
            shown = {op: count for op, count in result.counts.items() if op not in PARTS}
            counts = (f"{n} {NOUNS.get(op, op) if not self._acting else op}" for op, n in shown.items())
            self._say(f"Resources: {', '.join(counts) or 'none'}")
            self._say(f"Duration: {result.seconds:.1f} s")
        if not result.ok:
            error(self._verdict(phase))

    def report(self, result: Result) -> Report:
        """What the forms of a report are made from."""
        return self.plan.report(ok=result.ok)

    def document(self, result: Result) -> dict[str, Any]:
        """The form of `pulumi preview --json`, with the policies' findings."""
        return {
            "steps": [_step(step) for step in self.plan.steps],
            "diagnostics": [vars(diagnostic) for diagnostic in self.plan.diagnostics],
            "policyFindings": [vars(finding) for finding in _ordered(self.plan.findings)],
            "errors": list(result.errors),
            "outputs": result.outputs,
            "duration": int(result.seconds * 1_000_000_000),
            "changeSummary": result.counts,
            "ok": result.ok,
            "report": document.document(self.report(result)),
        }

    def _verdict(self, phase: str) -> str:
        blocking = sum(finding.severity in BLOCKING for finding in set(self.plan.findings))
        if not blocking:
            return f"{phase} failed"
        count = "1 policy finding stops" if blocking == 1 else f"{blocking} policy findings stop"
        return f"{phase} failed: {count} it" + ("" if self._acting else ", nothing was changed")

    def _plan(self) -> None:
        self._screen.rest()
        report = self.plan.report()
        if report.effective:
            for line in (*tree.lines(tree.build(report.changes)), *table.effects(report)):
                self._say(line)
        for step in self.plan.steps if self._diff else ():
            if step.op in ("create", "update", "replace"):
                self._say(f"  {name_of(step.urn)}:")
                for line in difference.lines(step.old, step.new):
                    self._say(f"    {line}")

    def _works(self, urn: str, message: str) -> None:
        self._working[urn] = message
        self._spin()

    def _spin(self) -> None:
        names = ", ".join(name_of(urn) for urn in self._working)
        if not self._json:
            self._screen.working(f"{self._done} of {max(self._total, self._done)}  {names[:80]}")

    def _step_done(self, event: StepDone) -> None:
        self._done += 1
        self._working.pop(event.urn, None)
        if not self._acting or event.op == "same":
            return
        self._spin()
        now = time.monotonic()
        if event.seconds >= SLOW:
            mark = tree.MARKS.get(event.op, "  ")
            self._say(f" {mark} {name_of(event.urn)} {DONE.get(event.op, event.op)} ({event.seconds:.1f} s)")
            self._spoke = now
        elif now - self._spoke > EVERY:
            self._say(f"    {self._done} of about {max(self._total, self._done)} done after {now - self._began:.0f} s")
            self._spoke = now

    def _diagnostic(self, event: Diagnostic) -> None:
        where = f"{name_of(event.urn)}: " if event.urn else ""
        first, *rest = event.message.strip().splitlines() or [""]
        self._say(f"  {event.severity}: {where}{first}")
        for line in rest:
            self._say(f"    {line}")

    def _say(self, text: str) -> None:
        if not self._json:
            self._screen.say(text)


def _ordered(findings: list[PolicyFinding]) -> list[PolicyFinding]:
    return sorted(set(findings), key=lambda found: (found.severity not in BLOCKING, found.policy, found.urn))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    first, *rest = text.splitlines() or [""]
    return f"{first} ... ({len(rest) + 1} lines)" if rest else first


def _step(step: StepStarted) -> dict[str, Any]:
    state = {"urn": step.urn, "type": type_of(step.urn)}
    old = {"oldState": {**state, "inputs": step.old}} if step.old else {}
    new = {"newState": {**state, "inputs": step.new}} if step.new else {}
    reasons = {"diffReasons": list(step.diffs), "replaceReasons": list(step.keys)}
    return {"op": step.op, "urn": step.urn, **old, **new, **reasons}


def error(message: str) -> None:
    """One clear error."""
    print(f"error: {message}", file=sys.stderr)
