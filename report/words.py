"""The sentences that the forms for people share."""

from collections.abc import Sequence

from report.model import Report, Took, Verdict
from report.presence import KINDS, Presence

NOT_MEASURED = "not measured yet"


def lasted(took: Took | None, *, interrupted: bool) -> str:
    """For how long it was down, or else how long it took, the last time."""
    if took is None:
        return NOT_MEASURED
    if interrupted or took.down:
        return f"last time down for {took.down:g} s of {took.seconds:g} s ({took.day})"
    return f"last time {took.seconds:g} s, never down ({took.day})"


def verdict(report: Report) -> str:
    """What the exit code says, in words."""
    count = len(report.stopping)
    stop = "1 finding stops it" if count == 1 else f"{count} findings stop it"
    return {
        Verdict.PASSED: "nothing speaks against it",
        Verdict.VIOLATIONS: stop,
        Verdict.UNDECIDED: f"{stop}: what cannot be decided during the preview is not allowed",
        Verdict.FAILED: f"the {report.subject} failed",
    }[report.verdict]


def rules(report: Report) -> str:
    """Which rules were asked."""
    if not report.rules:
        return "none was asked"
    if not report.asked:
        return "not asked to the end"
    profile = f", profile {report.profile}" if report.profile else ""
    families = ", ".join(f"{name} {count}" for name, count in report.families.items())
    return f"{len(report.rules)} asked{profile} ({families})"


def kinds(found: Sequence[Presence], longest: int) -> list[tuple[str, str]]:
    """For each kind how many there are, with their names unless they are more than `longest`."""
    rows = []
    for kind in KINDS:
        names = [each.name for each in found if each.kind == kind]
        if names:
            word = (
                kind
                if len(names) == 1
                else f"{kind.removesuffix('way out')}ways out"
                if kind == "way out"
                else f"{kind}s"
            )
            rows.append((f"{len(names)} {word}", ", ".join(names) if len(names) <= longest else ""))
    return rows
