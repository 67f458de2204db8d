"""Holding mutants against the rules: which families see one, judging no more than its change can have touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from policies.rules import RULES
from policies.rules.kit.resource import Resource
from policies.rules.kit.stack import Stack
from policies.rules.pack.judge import Finding, Judge
from tests.policies.mutation.mutant import Mutant


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule.id, finding.urn, finding.problem


@dataclass
class Hunt:
    """The rules, and what they already say of the stacks as shipped."""

    stacks: Mapping[str, Sequence[Resource]]

    def __post_init__(self) -> None:
        self._judge = Judge(RULES)
        self._by_family = {
            family: Judge([rule for rule in RULES if rule.family == family])
            for family in {rule.family for rule in RULES}
        }
        self._shipped = {
            stack: {_key(finding) for finding in self._all(resources)} for stack, resources in self.stacks.items()
        }

    def _all(self, resources: Sequence[Resource]) -> Iterable[Finding]:
        yield from (finding for resource in resources for finding in self._judge.resource(resource))
        yield from self._judge.stack(Stack(resources))

    def caught(self, mutant: Mutant) -> bool:
        """Whether a rule of the right family stops the mutant: one about its resource, or one about its stack."""
        judges = [self._by_family[family] for family in sorted(mutant.misuse.families)]
        if any(self._seen(mutant, judge.resource(mutant.resource)) for judge in judges):
            return True
        resources = [mutant.resource if it.urn == mutant.resource.urn else it for it in self.stacks[mutant.stack]]
        stack = Stack(resources)
        return any(self._seen(mutant, judge.stack(stack)) for judge in judges)

    def _seen(self, mutant: Mutant, findings: Iterable[Finding]) -> bool:
        shipped = self._shipped[mutant.stack]
        return any(finding.stops and _key(finding) not in shipped for finding in findings)
