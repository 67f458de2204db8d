"""Mutants of the stacks' own resources: seeded, and spread evenly over the ways to misuse a field."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from policies.rules.kit.resource import Resource
from tests.policies.corpus.credentials import pem
from tests.policies.corpus.draw import Draw
from tests.policies.corpus.tokens import FORMATS
from tests.policies.mutation.operation import changed
from tests.policies.mutation.table import Misuse, misuses

MADE_UP = re.compile(r"%(password|human|hex|token|pem)%")


@dataclass(frozen=True)
class Mutant:
    """A resource of a stack with one unsafe change."""

    stack: str
    misuse: Misuse
    place: str
    resource: Resource

    def __str__(self) -> str:
        said = re.sub(r"\s+", " ", str(self.misuse.operand))[:60]
        return f"{self.stack}: {self.resource.name} {self.place} {self.misuse.operation} {said}"


def _filled(draw: Draw, operand: Any) -> Any:
    """The operand with made-up secrets where it asks for them."""
    if isinstance(operand, dict):
        return {key: _filled(draw, item) for key, item in operand.items()}
    if isinstance(operand, list):
        return [_filled(draw, item) for item in operand]
    if not isinstance(operand, str):
        return operand
    made: dict[str, Callable[[], str]] = {
        "password": draw.password,
        "human": draw.human,
        "hex": lambda: draw.hex(64),
        "token": lambda: FORMATS[draw.of(list(FORMATS))][1](draw),
        "pem": lambda: pem(draw),
    }
    return MADE_UP.sub(lambda match: made[match[1]](), operand)


def _concerns(misuse: Misuse, stack: str, resource: Resource) -> bool:
    """Whether the misuse is one for this resource: `only` and `but` name resources as `stack/name`."""
    called = f"{stack}/{resource.name}"
    return bool(re.search(misuse.where.get("only", ""), called)) and not (
        "but" in misuse.where and re.search(misuse.where["but"], called)
    )


def _written_out(resource: Resource, props: dict[str, Any]) -> Resource:
    """The resource with these properties; one that was made from another and is now a literal no longer is."""
    literal = {name for name, value in props.items() if isinstance(value, str) and value != resource.props.get(name)}
    return replace(
        resource,
        props=props,
        sealed={path: value for path, value in resource.sealed.items() if path not in literal},
        dependencies={name: urns for name, urns in resource.dependencies.items() if name not in literal},
    )


def mutants(stacks: Mapping[str, Sequence[Resource]], seed: int, each: int) -> Iterator[Mutant]:
    """At most `each` mutants of every misuse in every stack."""
    draw = Draw(seed)
    for stack, resources in stacks.items():
        by_type: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in sorted(resources, key=lambda it: it.urn):  # a program registers in no certain order
            by_type[resource.type].append(resource)
        for misuse in misuses():
            concerned = [it for it in by_type[misuse.type] if _concerns(misuse, stack, it)]
            draw.random.shuffle(concerned)
            yield from _some(draw, stack, misuse, concerned, each)


def _some(draw: Draw, stack: str, misuse: Misuse, resources: Sequence[Resource], each: int) -> Iterator[Mutant]:
    made = 0
    for resource in resources:
        operand = _filled(draw, misuse.operand)
        ways = list(changed(dict(resource.props), misuse.path, misuse.operation, operand, misuse.where.get("from")))
        if misuse.where.get("present") and not resource.at(misuse.path).present:
            continue
        if ways:
            place, props = draw.random.choice(ways)
            yield Mutant(stack, misuse, place, _written_out(resource, props))
            made += 1
        if made == each:
            return
