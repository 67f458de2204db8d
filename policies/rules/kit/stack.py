"""A whole stack: its resources, and which were made from which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from .resource import Resource


@dataclass(frozen=True)
class Stack:
    """Every resource that a stack asks for, and the day on which it is judged."""

    resources: Sequence[Resource]
    today: date = field(default_factory=date.today)

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        return {resource.urn: resource for resource in self.resources}

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of `types`."""
        return (resource for resource in self.resources if resource.type in types)

    def sources(self, resource: Resource, name: str) -> Iterator[Resource]:
        """The resources that the property `name` of `resource` was made from."""
        for urn in resource.made_from(name):
            if urn in self.by_urn:
                yield self.by_urn[urn]

    def users(self, used: str, by: str, name: str) -> Mapping[str, list[Resource]]:
        """For each resource of type `used` (by URN), those of type `by` whose property `name` was made from it."""
        found: defaultdict[str, list[Resource]] = defaultdict(list)
        for user in self.of(by):
            for source in self.sources(user, name):
                if source.type == used:
                    found[source.urn].append(user)
        return found
