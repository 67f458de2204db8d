"""Applying the rules: each resource to the rules of its type, the whole stack to the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ..kit.node import UndecidedError
from ..kit.resource import Resource
from ..kit.rule import Profile, Rule
from ..kit.stack import Stack
from ..kit.struck import struck
from .waiver import Waiver

PRODUCTION = ("stage", "prod")


@dataclass(frozen=True)
class Finding:
    """A place where a resource breaks a rule. A finding that is waived is listed, and stops nothing."""

    rule: Rule
    urn: str
    problem: str
    waiver: Waiver | None = None
    expired: bool = False
    undecided: bool = False

    @property
    def stops(self) -> bool:
        """Whether it keeps a stack from being deployed."""
        return not self.rule.advisory and (self.waiver is None or self.expired)

    @property
    def level(self) -> str:
        """`violation`, `waived` or `advisory`."""
        return "violation" if self.stops else "advisory" if self.rule.advisory else "waived"

    @property
    def message(self) -> str:
        """The finding for people: what the rule wants, what is wrong where, and what to do."""
        lines = [self.rule.title, self.problem]
        if self.waiver:
            lines.append(f"the waiver has expired: {self.waiver}" if self.expired else str(self.waiver))
        if not self.waiver or self.expired:
            lines.append(self.rule.remedy)
        return "\n".join(lines)


def profile_of(stack: str, production: Iterable[str] = PRODUCTION) -> Profile:
    """The profile that a stack is held to when none is chosen: production for those that people depend on."""
    return Profile.PRODUCTION if stack in production else Profile.BASELINE


@dataclass
class Judge:
    """Holds resources against rules. `settings` gives a rule's settings by its id."""

    rules: Sequence[Rule]
    waivers: Sequence[Waiver] = ()
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    today: date = field(default_factory=date.today)
    profile: Profile | None = None
    used: set[Waiver] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._by_type: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            for type_ in rule.types:
                self._by_type[type_].append(rule)

    def in_force(self, rule: Rule, stack: str) -> bool:
        """Whether a stack is held to a rule."""
        return rule.profile <= (self.profile or profile_of(stack))

    def concerns(self, type_: str) -> bool:
        """Whether any rule is about resources of a type."""
        return type_ in self._by_type

    def resource(self, resource: Resource) -> Iterator[Finding]:
        """What one resource does against the rules of its type."""
        for rule in self._by_type.get(resource.type, ()):
            if self.in_force(rule, resource.stack):
                for (_, problem), undecided in self._problems(rule, resource):
                    yield self._finding(rule, resource, problem, undecided)

    def stack(self, stack: Stack) -> Iterator[Finding]:
        """What the stack as a whole does against the rules that need all of it."""
        stack = replace(stack, today=self.today)
        for rule in self.rules:
            if not rule.types:
                for found, undecided in self._problems(rule, stack):
                    urn, problem = found
                    culprit = stack.by_urn.get(urn, stack.resources[0])
                    if self.in_force(rule, culprit.stack):
                        yield self._finding(rule, culprit, problem, undecided)

    def unused(self, stack: str) -> list[Waiver]:
        """The waivers for a stack that covered nothing so far."""
        wanted = (waiver for waiver in self.waivers if waiver.is_for(stack) and not waiver.optional)
        return [waiver for waiver in wanted if waiver not in self.used]

    def _problems(self, rule: Rule, subject: Any) -> Iterator[tuple[tuple[str, str], bool]]:
        """Each problem with the URN of its resource (where the rule names one), and whether it could not be decided."""
        try:
            for problem in rule.problems(subject, self.settings.get(rule.id, {})):
                yield problem if isinstance(problem, tuple) else ("", problem), False
        except UndecidedError as error:
            yield (error.owner, str(error)), True
        except Exception as error:  # a rule that fails must stop the stack, and its traceback could hold a secret
            yield ("", f"could not be judged ({type(error).__name__})"), True

    def _finding(self, rule: Rule, resource: Resource, problem: str, undecided: bool) -> Finding:
        waiver = next((w for w in self.waivers if w.covers(rule.id, resource.stack, resource.name)), None)
        if waiver:
            self.used.add(waiver)
        expired = waiver is not None and waiver.expired(self.today)
        return Finding(rule, resource.urn, _without(resource.sealed, problem), waiver, expired, undecided)


def _without(sealed: Mapping[str, Any], text: str) -> str:
    """`text` without any value of the resource that Pulumi holds to be secret, and without what looks like one.

    A message holds paths, and a path may hold a key that somebody chose badly.
    """
    for value in sealed.values():
        if isinstance(value, str) and len(value) > 3:
            text = text.replace(value, "[secret]")
    return struck(text)
