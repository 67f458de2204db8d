"""Findings as a report has them."""

from __future__ import annotations

from collections.abc import Sequence

import report.model as report
from report import said
from report.plan import Change

from ..kit.resource import Resource
from ..kit.rule import Rule
from .configuration import Configuration
from .identity import NAME, VERSION
from .judge import Finding, Judge
from .waiver import Waiver


def reported(
    judge: Judge,
    config: Configuration,
    resources: Sequence[Resource],
    findings: Sequence[Finding],
    changes: Sequence[Change],
    source: str,
) -> report.Report:
    """The report of a check. The stack is the one that the resources are of."""
    stack = resources[0].stack if resources else ""
    unused = judge.unused(stack) if resources else []
    return report.Report(
        stack=stack,
        subject="check",
        changes=changes,
        resources=len(resources),
        rules=[_rule(rule) for rule in judge.rules if judge.in_force(rule, stack)],
        findings=[*(_finding(each, config.level(each.rule)) for each in findings), *map(_unused, unused)],
        tool=(NAME, VERSION),
        source=source,
    )


def _rule(rule: Rule) -> report.Rule:
    return report.Rule(
        id=rule.id,
        pack=NAME,
        title=rule.title,
        rationale=rule.rationale,
        remedy=rule.remedy,
        severity=rule.severity.name.lower(),
        family=rule.family,
        profile=rule.profile.label,
        references=tuple(rule.references),
    )


def _finding(found: Finding, level: str) -> report.Finding:
    pack, held = f"{NAME}@v{VERSION}", found.waiver
    waiver = report.Waiver(str(held.expires), held.owner, held.reason) if held else None
    return report.Finding(found.rule.id, pack, found.urn, _status(found, level), found.problem, found.message, waiver)


def _status(found: Finding, level: str) -> report.Status:
    if found.waiver and not found.expired:
        return report.Status.WAIVED
    if level == "advisory":
        return report.Status.ADVICE
    if found.expired:
        return report.Status.EXPIRED
    return report.Status.UNDECIDED if found.undecided else report.Status.VIOLATION


def _unused(waiver: Waiver) -> report.Finding:
    message = waiver.unused
    return report.Finding(said.WAIVERS, f"{NAME}@v{VERSION}", "", report.Status.UNUSED, message, message)
