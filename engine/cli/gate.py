"""The policy gate in front of the Pulumi CLI, and the way to it.

The CLI lets an undecidable mandatory rule through as an advisory, and runs stack rules after the resources exist. So
`up` previews first, reads the event stream (only that carries the findings), and goes on only when nothing speaks
against it.
"""

import argparse
import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.cli.operations import policy_packs
from engine.cli.place import Place
from engine.errors import EngineError

UNDECIDED = "can't run policy"


@dataclass(frozen=True)
class Verdict:
    """What a preview's event stream says."""

    findings: tuple[dict[str, Any], ...]
    errors: tuple[str, ...]

    @property
    def blocking(self) -> list[dict[str, Any]]:
        """The findings that stop an `up`: violations of mandatory rules, and rules that could not be decided."""
        return [
            f for f in self.findings if f.get("enforcementLevel") == "mandatory" or UNDECIDED in str(f.get("message"))
        ]


def read(stream: Iterable[str]) -> Verdict:
    """The verdict of a stream of engine events, one JSON object a line."""
    findings, errors = [], []
    for line in stream:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if not isinstance(event, dict):
            continue
        if "policyEvent" in event:
            findings.append(event["policyEvent"])
        diagnostic = event.get("diagnosticEvent") or {}
        if diagnostic.get("severity") == "error":
            errors.append(str(diagnostic.get("message", "")).strip())
        if UNDECIDED in str(diagnostic.get("message")):
            findings.append({"message": diagnostic["message"], "enforcementLevel": "undecided"})
    return Verdict(tuple(findings), tuple(errors))


def run(arguments: argparse.Namespace, given: Sequence[str], place: Place) -> int:
    """`given` through the CLI, gated where it is a preview or an up."""
    environment = {**os.environ, **place.environment}
    rest = _without_engine(given)
    if arguments.command not in ("preview", "up"):
        return subprocess.run(["pulumi", *rest], env=environment, check=False).returncode
    packs = [word for pack in policy_packs(arguments, place) for word in ("--policy-pack", str(pack))]
    if arguments.policy_pack:
        packs = []
    if arguments.command == "preview" and not arguments.json:
        shown = subprocess.run(["pulumi", *rest, *packs], env=environment, check=False).returncode
        return shown or _judge(place, packs, environment)
    if arguments.command == "up":
        code = _judge(place, packs or _named(arguments), environment)
        if code:
            return code
        rest = [*rest, *([] if arguments.skip_preview else ["--skip-preview"])]
    return subprocess.run(["pulumi", *rest, *packs], env=environment, check=False).returncode


def _judge(place: Place, packs: Sequence[str], environment: dict[str, str]) -> int:
    command = ["pulumi", "preview", "--json", "--non-interactive", "--stack", place.name, *packs]
    streaming = {**environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
    done = subprocess.run(command, env=streaming, cwd=place.project.root, capture_output=True, text=True, check=False)
    verdict = read(done.stdout.splitlines())
    for finding in verdict.blocking:
        words = (f"[{finding.get('enforcementLevel')}]", finding.get("policyName", ""), finding.get("message", ""))
        print("  " + " ".join(str(word).strip() for word in words))
    if done.returncode and not verdict.blocking:
        raise EngineError("; ".join(verdict.errors) or f"pulumi preview failed\n{done.stderr[-2000:]}")
    return 1 if verdict.blocking else 0


def _named(arguments: argparse.Namespace) -> list[str]:
    return [word for pack in arguments.policy_pack or () for word in ("--policy-pack", pack)]


def _without_engine(given: Sequence[str]) -> list[str]:
    rest, skip = [], False
    for word in given:
        if skip or word == "--engine":
            skip = not skip
        elif not word.startswith("--engine="):
            rest.append(word)
    return rest
