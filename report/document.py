"""A report as data."""

import json
from typing import Any

from report.model import Report, Status, ordered


def document(report: Report) -> dict[str, Any]:
    """All of the report; `verdict` is passed, violations, undecided or failed."""
    return {
        "stack": report.stack,
        "verdict": report.verdict.value,
        "changes": [
            {"op": each.op, "urn": each.urn, "diffs": list(each.diffs), "replaceReasons": list(each.keys)}
            for each in report.effective
        ],
        "consequences": [_consequence(report, each) for each in report.consequences],
        "presences": [vars(each) for each in report.presences],
        "rules": {
            "asked": len(report.rules),
            "complete": report.asked,
            "profile": report.profile,
            "families": report.families,
            "ids": sorted(rule.id for rule in report.rules),
        },
        "findings": [_finding(report, each) for each in ordered(report.findings)],
        "waivers": _waivers(report),
        "errors": list(report.errors),
    }


def _consequence(report: Report, each: Any) -> dict[str, Any]:
    took = report.last(each)
    last = {"seconds": took.seconds, "down": took.down, "day": str(took.day)} if took else None
    return {**vars(each), "lastTime": last}


def _finding(report: Report, each: Any) -> dict[str, Any]:
    rule = report.by_rule.get(each.rule)
    return {
        "rule": each.rule,
        "pack": each.pack,
        "severity": rule.severity if rule else "",
        "family": rule.family if rule else "",
        "urn": each.urn,
        "status": each.status.value,
        "stops": each.status.stops,
        "problem": each.problem,
        "remedy": rule.remedy if rule else "",
        "waiver": vars(each.waiver) if each.waiver else None,
    }


def _waivers(report: Report) -> dict[str, Any]:
    def held(status: Status) -> list[dict[str, Any]]:
        return [
            {"rule": found.rule, "urns": covered, **(vars(found.waiver) if found.waiver else {})}
            for found, covered in report.waived(status)
        ]

    unused = [found.problem for found in report.findings if found.status is Status.UNUSED]
    return {"inForce": held(Status.WAIVED), "expired": held(Status.EXPIRED), "unused": unused}


def text(report: Report) -> str:
    return json.dumps(document(report), indent=2) + "\n"
