"""The report of a plan, from the engine's events: the embedded engine's, or those that the CLI streams."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine import events
from engine.events import BLOCKING, Diagnostic, PolicyFinding, PolicyPack, StepStarted
from engine.rollout import Measured
from engine.urn import name_of
from report import said
from report.model import Report, Rule, Took
from report.plan import Change

Measures = Callable[[], Mapping[tuple[str, str], Measured]]
"""How long each resource took the last time, by its URN and what was done to it; asked for only when needed."""


@dataclass
class Plan:
    """Collects what a preview tells."""

    stack: str
    measures: Measures = dict
    steps: list[StepStarted] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    findings: list[PolicyFinding] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)
    packs: dict[str, str] = field(default_factory=dict)

    def clear(self) -> None:
        """Another phase begins; diagnostics stay."""
        self.steps.clear()
        self.findings.clear()
        self.rules.clear()

    def asked(self, pack: PolicyPack) -> None:
        """A pack, or a part of it, was asked."""
        self.packs[pack.name] = pack.version
        self.rules |= {rule.id: _rule(pack.name, rule) for rule in pack.rules if rule.id != said.WAIVERS}

    def describe(self, packs: Iterable[PolicyPack]) -> None:
        """Says more about the rules that were asked."""
        for pack in packs:
            self.rules |= {rule.id: _rule(pack.name, rule) for rule in pack.rules if rule.id in self.rules}

    @property
    def changes(self) -> list[Change]:
        return [Change(step.op, step.urn, step.diffs, step.keys, step.old, step.new) for step in self.steps]

    def report(self, *, ok: bool = True, source: str = "__main__.py") -> Report:
        """All that is known; `ok` is what the engine said in the end."""
        blocked = any(finding.severity in BLOCKING for finding in self.findings)
        errors = [_error(each) for each in self.diagnostics if each.severity == "error"]
        failed = not ok and (bool(errors) or not blocked)
        report = Report(
            stack=self.stack,
            changes=self.changes,
            rules=tuple(self.rules.values()),
            findings=[self._finding(finding) for finding in dict.fromkeys(self.findings)],
            errors=list(dict.fromkeys(errors)),
            asked=not failed,
            failed=failed,
            tool=next(iter(self.packs.items()), ("policies", "0")),
            source=source,
        )
        return replace(report, took=self._took()) if report.consequences else report

    def _finding(self, found: PolicyFinding) -> Any:
        rule = self.rules.get(found.policy)
        return said.finding(found.pack, found.policy, found.severity, found.urn, found.message, rule)

    def _took(self) -> dict[tuple[str, str], Took]:
        measured = self.measures().items()
        return {key: Took(each.rollout.seconds, each.rollout.down, each.day) for key, each in measured}


def _rule(pack: str, rule: events.Rule) -> Rule:
    tags = dict(tag.partition(":")[::2] for tag in rule.tags)
    told: dict[str, Any] = {"family": tags.get("family", ""), "profile": tags.get("profile", "")}
    return Rule(
        rule.id, pack, rule.title, rule.rationale, rule.remedy, rule.severity, references=rule.references, **told
    )


def _error(diagnostic: Diagnostic) -> str:
    return f"{name_of(diagnostic.urn)}: {diagnostic.message}" if diagnostic.urn else diagnostic.message
