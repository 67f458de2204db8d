"""Nested properties as tables of fields, from which defaults, API objects, normal form and differences all follow."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from engine.docker.kinds import Kind, place
from engine.values import UNKNOWN

_AS_KIND: Final = object()
_NOT_SENT: Final = object()


class Change(IntEnum):
    NONE = 0
    UPDATE = 1
    REPLACE = 2


@dataclass(frozen=True)
class Field:
    """A property `name`, at `path` in Docker's API (dots go down; "" keeps it out of the API).

    `computed`: where the program is silent, Docker decides and any value is right; `unset` is sent where it is silent.
    `fresh` stands for none after a creation, where that differs from the kind's. A changed `replaces` field replaces.
    """

    name: str
    path: str
    kind: Kind
    default: Any = None
    computed: bool = False
    replaces: bool = False
    unset: Any = _NOT_SENT
    fresh: Any = _AS_KIND

    def change(self, old: Any, new: Any) -> Change:
        if self.computed and new in (None, ""):
            return Change.NONE
        if new is None:
            new = self.kind.blank if self.default is None else self.default
        if isinstance(self.kind, Block) and isinstance(new, dict):
            found = self.kind.change(old or {}, new)
        else:
            found = Change.NONE if self.kind.same(old, new) else Change.UPDATE
        return Change.REPLACE if found and self.replaces else found

    def complete(self, value: Any, base: Any, fresh: bool) -> Any:
        known = UNKNOWN if base is UNKNOWN else (base or {}).get(self.name)
        if value is not None:
            return self.kind.complete(value, known, fresh)
        if self.computed:
            return self.kind.blank if known is None else known
        if not fresh:
            return self.kind.blank
        return self.kind.fresh if self.fresh is _AS_KIND else self.fresh


@dataclass(frozen=True)
class Block(Kind):
    """One nested object."""

    fields: tuple[Field, ...] = ()
    blank: Any = None
    fresh: Any = None
    accepts: type | tuple[type, ...] = dict

    def change(self, old: dict[str, Any], new: dict[str, Any]) -> Change:
        return max((item.change(old.get(item.name), new.get(item.name)) for item in self.fields), default=Change.NONE)

    def same(self, old: Any, new: Any) -> bool:
        if not isinstance(new, dict) or not isinstance(old, dict):
            return new is not UNKNOWN and not old and not new
        return self.change(old, new) is Change.NONE

    def complete(self, value: Any, base: Any, fresh: bool) -> Any:
        if value is UNKNOWN:
            return UNKNOWN
        return {item.name: item.complete(value.get(item.name), base, fresh) for item in self.fields}

    def defaulted(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        given = {item.name: item.kind.defaulted(value[item.name]) for item in self.fields if item.name in value}
        added = {i.name: i.default for i in self.fields if i.default is not None and value.get(i.name) is None}
        return {"__defaults": sorted(added), **given, **added}

    def settled(self, value: Any) -> Any:
        """`value` with every set in it in the order that the real provider's outputs have."""
        if not isinstance(value, dict):
            return value
        return {item.name: item.kind.settled(value[item.name]) for item in self.fields if item.name in value}

    def place(self, value: dict[str, Any]) -> str:
        """As `kinds.place`, where a nested object is a list of at most one."""
        fields = sorted(self.fields, key=lambda item: item.name)
        return f"<{''.join(f'{_place(item.kind, value.get(item.name))};' for item in fields)}>"

    def wire(self, value: dict[str, Any]) -> dict[str, Any]:
        """The API's object for `value`."""
        result: dict[str, Any] = {}
        for item in self.fields:
            given = value.get(item.name)
            sent = item.unset if given is None else _encoded(item.kind, given)
            if item.path and sent is not _NOT_SENT and sent is not None:
                *parents, last = item.path.split(".")
                place = result
                for parent in parents:
                    place = place.setdefault(parent, {})
                place[last] = sent
        return result

    def read(self, wire: Any) -> Any:
        if wire is None:
            return None
        return {item.name: item.kind.read(_at(wire, item.path) if item.path else None) for item in self.fields}

    def problems(self, value: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
        """Property paths of `value` that cannot be realised, with the reason."""
        known = {item.name: item for item in self.fields}
        for name, given in value.items():
            where = f"{path}.{name}" if path else name
            if name not in known and name != "__defaults" and given is not None:
                yield where, "is not supported by the embedded engine: use the Pulumi CLI (--engine pulumi)"
            elif name in known and given is not None and given is not UNKNOWN:
                yield from _problems(known[name].kind, given, where)


def block(*fields: Field) -> Block:
    return Block(fields=fields)


@dataclass(frozen=True)
class Blocks(Kind):
    """Several nested objects, a set unless they are `ordered`."""

    element: Block = field(default_factory=Block)
    blank: Any = field(default_factory=list)
    fresh: Any = field(default_factory=list)
    accepts: type | tuple[type, ...] = list
    ordered: bool = False

    def same(self, old: Any, new: Any) -> bool:
        if new is UNKNOWN or len(old or []) != len(new or []):
            return False
        rest = list(old or [])
        for item in new or []:
            candidates = rest[:1] if self.ordered else rest
            match = next((index for index, was in enumerate(candidates) if self.element.same(was, item)), None)
            if match is None:
                return False
            del rest[match]
        return True

    def complete(self, value: Any, base: Any, fresh: bool) -> Any:
        if value is UNKNOWN:
            return UNKNOWN
        bases = [UNKNOWN if base is UNKNOWN and self.ordered else None] * len(value)
        if self.ordered and isinstance(base, list) and len(base) == len(value):
            bases = base
        return [self.element.complete(item, was, fresh) for item, was in zip(value, bases, strict=True)]

    def settled(self, value: Any) -> Any:
        items = [self.element.settled(item) for item in value or []]
        return items if self.ordered else sorted(items, key=self.element.place)

    def defaulted(self, value: Any) -> Any:
        return [self.element.defaulted(item) for item in value] if isinstance(value, list) else value

    def read(self, wire: Any) -> Any:
        return [self.element.read(item) for item in wire or []]


def _at(wire: Any, path: str) -> Any:
    for part in path.split("."):
        wire = wire.get(part) if isinstance(wire, dict) else None
    return wire


def _place(kind: Kind, value: Any) -> str:
    if isinstance(kind, Block):
        return "[]" if value is None else f"[{kind.place(value)};]"
    return place(value)


def _encoded(kind: Kind, value: Any) -> Any:
    if isinstance(kind, Block):
        return kind.wire(value)
    if isinstance(kind, Blocks):
        return [kind.element.wire(item) for item in value]
    return kind.encode(value)


def _problems(kind: Kind, value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(kind, Block) and isinstance(value, dict):
        yield from kind.problems(value, where)
    elif isinstance(kind, Blocks) and isinstance(value, list):
        for index, item in enumerate(value):
            if item is not UNKNOWN:
                yield from _problems(kind.element, item, f"{where}[{index}]")
    elif not _holds_unknown(value) and (reason := kind.problem(value)):
        yield where, reason


def _holds_unknown(value: Any) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is UNKNOWN or any(_holds_unknown(item) for item in items)
