"""The Pulumi CLI's engine events, one JSON object a line, as the engine's own."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from engine.events import Diagnostic, Event, PolicyFinding, PolicyPack, Rule, StepStarted, Summary

_UNDECIDED: Final = "can't run policy"
_CHAINED: Final = "During handling of the above exception"
_TRACEBACK: Final = ("Traceback (most recent call last)", _CHAINED)
_COLOUR: Final = re.compile(r"<\{%.*?%\}>")


def events(stream: Iterable[str]) -> Iterator[Event]:
    """What `stream` tells about steps, diagnostics and policies; lines that are no events are passed over.

    So is the traceback of the program's end where the CLI ended it: the reason is an event of its own.
    """
    held: list[Diagnostic] = []
    for event in _all(stream):
        if not (isinstance(event, Diagnostic) and event.severity == "info#err" and event.message):
            yield event
        elif event.message.startswith(_TRACEBACK) and not (held and held[-1].message.startswith(_CHAINED)):
            yield from held
            held = [event]
        elif not held:
            yield event
        elif event.message == "KeyboardInterrupt":
            held = []
        else:
            held.append(event)
    yield from held


def _all(stream: Iterable[str]) -> Iterator[Event]:
    for line in stream:
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict):
            yield from _event(told)


def _event(told: dict[str, Any]) -> Iterator[Event]:
    match told:
        case {"resourcePreEvent": {"metadata": step}}:
            yield StepStarted(
                step["op"],
                step["urn"],
                tuple(step.get("diffs") or ()),
                tuple(step.get("keys") or ()),
                (step.get("old") or {}).get("inputs") or {},
                (step.get("new") or {}).get("inputs") or {},
            )
        case {"diagnosticEvent": said} if not said.get("ephemeral"):
            message = _plain(said.get("message", ""))
            if _UNDECIDED in message:
                yield PolicyFinding("", "", "undecided", said.get("urn", ""), message)
            yield Diagnostic(said.get("severity", "info"), said.get("urn", ""), message)
        case {"policyEvent": found}:
            message = _plain(found.get("message", ""))
            severity = "undecided" if _UNDECIDED in message else found.get("enforcementLevel", "advisory")
            pack = f"{found.get('policyPackName', '')}@v{found.get('policyPackVersion', '')}"
            yield PolicyFinding(pack, found.get("policyName", ""), severity, found.get("resourceUrn", ""), message)
        case {"policyAnalyzeSummaryEvent": asked} | {"policyAnalyzeStackSummaryEvent": asked}:
            rules = (*(asked.get("passed") or ()), *(asked.get("failed") or ()))
            name, version = asked.get("policyPackName", ""), asked.get("policyPackVersion", "")
            yield PolicyPack(name, version, tuple(Rule(rule) for rule in rules))
        case {"errorEvent": {"error": message}}:
            yield Diagnostic("error", "", _plain(message))
        case {"summaryEvent": end}:
            counts = {op: count for op, count in (end.get("resourceChanges") or {}).items() if count}
            yield Summary("preview", not end.get("maybeCorrupt", False), counts, float(end.get("durationSeconds", 0)))


def _plain(message: str) -> str:
    return _COLOUR.sub("", message).strip()
