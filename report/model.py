"""What every form of a report is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from report.consequence import Consequence, consequences
from report.plan import Change, effective
from report.presence import Presence, presences


class Status(StrEnum):
    """What a finding means: the first three stop a deployment."""

    VIOLATION = "violation"
    UNDECIDED = "undecided"
    EXPIRED = "expired waiver"
    ADVICE = "advice"
    WAIVED = "waived"
    UNUSED = "unused waiver"

    @property
    def stops(self) -> bool:
        return self in (Status.VIOLATION, Status.UNDECIDED, Status.EXPIRED)


class Verdict(StrEnum):
    """`FAILED`: the plan could not be made. `UNDECIDED`: nothing is known to be wrong, but a rule needs a literal."""

    PASSED = "passed"
    VIOLATIONS = "violations"
    UNDECIDED = "undecided"
    FAILED = "failed"


@dataclass(frozen=True)
class Rule:
    """A rule that was asked; `family` and `profile` are empty where its pack names none."""

    id: str
    pack: str = ""
    title: str = ""
    rationale: str = ""
    remedy: str = ""
    severity: str = ""
    family: str = ""
    profile: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Waiver:
    """Somebody answers for a finding until the end of a day."""

    until: str
    owner: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """`urn` is empty for the stack as a whole; `message` is what the pack said, `problem` the part about this place."""

    rule: str
    pack: str
    urn: str
    status: Status
    problem: str
    message: str
    waiver: Waiver | None = None


@dataclass(frozen=True)
class Took:
    """How long something took the last time, in seconds; nothing ran for `down` of them."""

    seconds: float
    down: float
    day: date


@dataclass(frozen=True, kw_only=True)
class Report:
    """`asked` is false where the rules were not asked to the end. `took` goes by URN and by update or replace."""

    stack: str
    subject: str = "preview"
    changes: Sequence[Change] = ()
    resources: int = 0
    rules: Sequence[Rule] = ()
    findings: Sequence[Finding] = ()
    errors: Sequence[str] = ()
    asked: bool = True
    failed: bool = False
    took: Mapping[tuple[str, str], Took] = field(default_factory=dict)
    tool: tuple[str, str] = ("policies", "0")
    source: str = "__main__.py"

    @property
    def verdict(self) -> Verdict:
        stopping = {finding.status for finding in self.findings if finding.status.stops}
        if self.failed:
            return Verdict.FAILED
        if stopping - {Status.UNDECIDED}:
            return Verdict.VIOLATIONS
        return Verdict.UNDECIDED if stopping else Verdict.PASSED

    @property
    def profile(self) -> str:
        """The strictest profile of which rules were asked; each includes those before it."""
        order = ("baseline", "production", "cis-strict")
        held = {rule.profile for rule in self.rules}
        return next((profile for profile in reversed(order) if profile in held), "")

    @cached_property
    def families(self) -> dict[str, int]:
        """How many rules of each family were asked."""
        names = sorted(rule.family or "other" for rule in self.rules)
        return {name: names.count(name) for name in dict.fromkeys(names)}

    @cached_property
    def effective(self) -> list[Change]:
        """What happens to each resource, as one change."""
        return effective(self.changes)

    @cached_property
    def consequences(self) -> list[Consequence]:
        return consequences(self.effective)

    @cached_property
    def presences(self) -> list[Presence]:
        return presences(self.effective)

    @cached_property
    def stopping(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.status.stops]

    @cached_property
    def advice(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.status is Status.ADVICE]

    @cached_property
    def by_rule(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    def waived(self, status: Status) -> list[tuple[Finding, list[str]]]:
        """Each waiver of `status` by a finding that it covers, and the URNs of all of them."""
        found: dict[tuple[str, Waiver | None], tuple[Finding, list[str]]] = {}
        for finding in self.findings:
            if finding.status is status:
                found.setdefault((finding.rule, finding.waiver), (finding, []))[1].append(finding.urn)
        return list(found.values())

    def last(self, consequence: Consequence) -> Took | None:
        return self.took.get((consequence.urn, consequence.op))


def ordered(findings: Sequence[Finding]) -> list[Finding]:
    """Without repetitions, and what stops a deployment first."""
    rank = list(Status)
    return sorted(dict.fromkeys(findings), key=lambda it: (rank.index(it.status), it.rule, it.urn, it.problem))
