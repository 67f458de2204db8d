"""A report as SARIF 2.1.0, as GitHub's code scanning reads it.

A Pulumi resource has no line of a file. It is named by its URN as a logical location; code scanning wants a physical
one, too, and that is the first line of the report's source. Fingerprints are of the rule and the resource, so that an
alert stays the same one however the source moves.
"""

import hashlib
import json
from typing import Any, Final

from report import urn as urns
from report.model import Finding, Report, Rule, Status, ordered

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Status.ADVICE: "warning", Status.UNUSED: "note", Status.WAIVED: "note"}
_RISK: Final = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}


def log(report: Report) -> dict[str, Any]:
    """One run. A finding that is waived is a suppressed result."""
    found = ordered(report.findings)
    known = {rule.id: rule for rule in report.rules} | {
        each.rule: Rule(each.rule) for each in found if each.rule not in report.by_rule
    }
    places = {name: index for index, name in enumerate(known)}
    name, version = report.tool
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": name, "version": version, "rules": [_rule(it) for it in known.values()]}},
                "automationDetails": {"id": f"{name}/{report.stack}/"},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not report.failed,
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": error}} for error in report.errors
                        ],
                    }
                ],
                "results": [_result(report, each, places[each.rule]) for each in found],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    title = rule.title or rule.id
    help_ = "\n\n".join(filter(None, (rule.remedy, *rule.references))) or title
    tags = [tag for tag in (rule.family, rule.profile) if tag]
    risk = {"security-severity": _RISK[rule.severity]} if rule.severity in _RISK else {}
    return {
        "id": rule.id,
        "shortDescription": {"text": title},
        "fullDescription": {"text": rule.rationale or title},
        "help": {"text": help_},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["security", *tags], "precision": "very-high", **risk},
    }


def _result(report: Report, found: Finding, index: int) -> dict[str, Any]:
    print_ = hashlib.sha256(f"{found.rule}\0{found.urn}\0{found.problem}".encode()).hexdigest()[:32]
    where = f"{urns.name_of(found.urn)}: " if found.urn else ""
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": report.source}, "region": {"startLine": 1}}
    }
    if found.urn:
        logical = {"name": urns.name_of(found.urn), "fullyQualifiedName": found.urn, "kind": "resource"}
        location["logicalLocations"] = [logical]
    result = {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": _LEVELS.get(found.status, "error"),
        "message": {"text": f"{where}{found.problem}"},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": f"{print_}:1", "resource/v1": print_},
        "properties": {"status": found.status.value},
    }
    if found.status is Status.WAIVED and found.waiver:
        accepted = f"until {found.waiver.until} by {found.waiver.owner}: {found.waiver.reason}"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": accepted}]
    return result


def text(report: Report) -> str:
    return json.dumps(log(report), indent=2) + "\n"
