"""Judging a file: an exported stack, or what `pulumi preview --json` printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..kit.resource import Options, Resource, unsealed
from ..kit.rule import Profile, Rule
from ..kit.stack import Stack
from .judge import Finding, Judge
from .waiver import Waiver

GONE = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "read-discard", "remove-pending-replace"})


def check(arguments: Sequence[str], rules: Sequence[Rule], waivers: Sequence[Waiver]) -> int:
    """Print the findings for the file that `arguments` name; 0, 1 when one of them stops it, 2 on misuse."""
    given = _parser().parse_args(list(arguments))
    try:
        resources = list(read(json.loads(Path(given.file).read_text())))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stderr.write(f"{given.file}: cannot be read as a Pulumi stack or preview ({type(error).__name__})\n")
        return 2
    profile = Profile[given.profile.upper().replace("-", "_")] if given.profile else None
    judge = Judge(rules, waivers, profile=profile)
    findings = [finding for resource in resources for finding in judge.resource(resource)]
    findings += judge.stack(Stack(resources)) if resources else ()
    if given.json:
        sys.stdout.write(json.dumps([_as_data(finding) for finding in findings], indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{_as_text(finding)}\n" for finding in findings)
        sys.stdout.write(f"{len(resources)} resources, {sum(finding.stops for finding in findings)} violations\n")
    return int(any(finding.stops for finding in findings))


def read(document: Mapping[str, Any]) -> Iterator[Resource]:
    """The resources of an exported stack (`deployment`), of a state file (`checkpoint`), or of a preview's `steps`."""
    if "steps" in document:
        entries = [step["newState"] for step in document["steps"] if step["op"] not in GONE and step.get("newState")]
    else:
        held = document["checkpoint"]["latest"] if "checkpoint" in document else document["deployment"]
        entries = [entry for entry in held.get("resources") or () if not entry.get("delete")]
    yield from map(_resource, entries)


def _resource(entry: Mapping[str, Any]) -> Resource:
    props, sealed = unsealed(entry.get("inputs") or {})
    return Resource(
        type=entry["type"],
        name=entry["urn"].rpartition("::")[2],
        urn=entry["urn"],
        props=props,
        sealed=sealed,
        options=Options(protect=True) if entry.get("protect") else None,
        dependencies=entry.get("propertyDependencies") or {},
        made=unsealed(entry.get("outputs") or {})[0],
    )


def _as_text(finding: Finding) -> str:
    level = finding.level
    name = finding.urn.rpartition("::")[2]
    return f"{level} {finding.rule.severity.name.lower()} {finding.rule.id} {name}: {finding.problem}"


def _as_data(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule.id,
        "severity": finding.rule.severity.name.lower(),
        "urn": finding.urn,
        "problem": finding.problem,
        "remedy": finding.rule.remedy,
        "waiver": str(finding.waiver) if finding.waiver else None,
        "stops": finding.stops,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="policies check", description="Judge an exported stack or a preview.")
    parser.add_argument("file", help="from `pulumi stack export` or `pulumi preview --json`")
    parser.add_argument("--profile", choices=["baseline", "production", "cis-strict"])
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    return parser
