"""A plan: the steps that a preview announces, and what they come to for each resource."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from report.urn import name_of, type_of

PARTS: Final = ("create-replacement", "delete-replaced")
"""The steps of which a replacement consists."""
_STILL: Final = ("same", "refresh", "read", "read-replacement", "discard-replaced", "remove-pending-replace")


@dataclass(frozen=True)
class Change:
    """A step on one resource. `old` and `new` are its inputs, in which secrets and unknowns are marked.

    `deletes_first`: of a replacement, whether the old one goes before the new one comes.
    """

    op: str
    urn: str
    diffs: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    old: Mapping[str, Any] = field(default_factory=dict, repr=False)
    new: Mapping[str, Any] = field(default_factory=dict, repr=False)
    deletes_first: bool = False

    @property
    def type(self) -> str:
        return type_of(self.urn)

    @property
    def name(self) -> str:
        """What people call it: the service that it is, else the name of the resource."""
        return label(self.new or self.old, "rempart.service") or name_of(self.urn)


def effective(changes: Iterable[Change]) -> list[Change]:
    """One change for each resource that does not stay as it is; a replacement is one change."""
    found: dict[str, Change] = {}
    gone_first: set[str] = set()
    made: set[str] = set()
    for change in changes:
        if change.op == "create-replacement":
            made.add(change.urn)
        elif change.op == "delete-replaced" and change.urn not in made:
            gone_first.add(change.urn)
        if change.op not in (*PARTS, *_STILL):
            found[change.urn] = replace(change, deletes_first=change.urn in gone_first)
    return list(found.values())


def label(inputs: Mapping[str, Any], name: str) -> str:
    """The value of one of Docker's labels, whether the type lists them or maps them; empty where there is none."""
    labels = inputs.get("labels")
    if isinstance(labels, Mapping):
        return str(labels.get(name) or "")
    held = (each for each in labels or () if isinstance(each, Mapping)) if isinstance(labels, list) else ()
    return next((str(each.get("value") or "") for each in held if each.get("label") == name), "")
