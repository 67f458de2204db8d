"""A report as lines for people at a terminal, below the plan."""

from collections.abc import Iterator
from typing import Final

from report import urn as urns
from report import words
from report.model import Finding, Report, Status, ordered

_LONGEST: Final = 8
"""More names than this are counted instead."""
_STATES: Final = {"appears": "New", "disappears": "Gone", "renewed": "Renewed"}
_LEVELS: Final = {Status.VIOLATION: "mandatory", Status.ADVICE: "advisory"}


def lines(report: Report) -> Iterator[str]:
    """All of it; nothing about nothing."""
    yield from effects(report)
    yield from judgement(report)


def effects(report: Report) -> Iterator[str]:
    """What restarts or goes down, what appears and disappears."""
    yield from _consequences(report)
    yield from _presences(report)


def judgement(report: Report) -> Iterator[str]:
    """The findings, the waivers and the rules."""
    yield from _findings(report)
    yield from _waivers(report)
    if report.rules:
        yield f"Rules: {words.rules(report)}"


def _consequences(report: Report) -> Iterator[str]:
    if not report.consequences:
        return
    yield "What restarts or goes down:"
    longest = max(len(each.name) for each in report.consequences)
    for each in report.consequences:
        ago = "" if each.op == "delete" else words.lasted(report.last(each), interrupted=each.interrupted)
        yield f"    {each.name:<{longest}}  {each.what:<28}  {ago}".rstrip()


def _presences(report: Report) -> Iterator[str]:
    for state, title in _STATES.items():
        rows = words.kinds([each for each in report.presences if each.state == state], _LONGEST)
        if rows:
            yield f"{title}:"
        for count, names in rows:
            yield f"    {count}{': ' if names else ''}{names}"


def _findings(report: Report) -> Iterator[str]:
    """Every finding with all that its pack says, what stops a deployment first."""
    shown = [each for each in ordered(report.findings) if each.status is not Status.UNUSED]
    if shown:
        yield "Policy findings:"
    for found in shown:
        place = f"{urns.kind_of(found.urn)}  {urns.name_of(found.urn)}" if found.urn else ""
        yield f"    [{_LEVELS.get(found.status, found.status.value)}] {found.rule}  {place}  ({found.pack})"
        for line in found.message.splitlines():
            yield f"        {line}"


def _waivers(report: Report) -> Iterator[str]:
    held = [(status, each) for status in (Status.WAIVED, Status.EXPIRED) for each in report.waived(status)]
    unused = [found for found in report.findings if found.status is Status.UNUSED]
    if held or unused:
        yield "Waivers:"
    for status, (found, urns_) in held:
        yield f"    {'in force' if status is Status.WAIVED else 'expired'}  {_covered(found, urns_)}"
    for found in unused:
        yield f"    unused    {found.problem}"


def _covered(found: Finding, covered: list[str]) -> str:
    assert found.waiver
    places = f"{len(covered)} resource{'s' if len(covered) > 1 else ''}"
    return f"{found.rule} at {places}, until {found.waiver.until} by {found.waiver.owner}: {found.waiver.reason}"
