"""Reading the properties of a resource, some of which are not known before they are created."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final


class Unknown:
    """The one value that stands for whatever is known only after an update."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = Unknown()


class UndecidedError(Exception):
    """A rule needs the literal at `path` of the resource `owner` (a URN), which is unknown during a preview."""

    def __init__(self, path: str, owner: str = "") -> None:
        super().__init__(f"cannot be decided at preview: needs a literal {path}")
        self.path = path
        self.owner = owner


class Node:
    """A place in a resource's properties: what stands there, if anything, and its path.

    Going down never fails: below an absent or unknown place everything is absent or unknown.
    Only reading an unknown raises UndecidedError, so a rule may walk past what it does not need.
    """

    __slots__ = ("_raw", "owner", "path")

    def __init__(self, raw: Any, path: str = "", owner: str = "") -> None:
        self._raw = raw
        self.path = path
        self.owner = owner

    def at(self, dotted: str) -> Node:
        """The place below this one, by its keys joined with dots."""
        raw = self._raw
        for key in dotted.split("."):
            raw = _below(raw, key)
        return Node(raw, f"{self.path}.{dotted}" if self.path else dotted, self.owner)

    def child(self, key: str) -> Node:
        return Node(_below(self._raw, key), f"{self.path}.{key}" if self.path else key, self.owner)

    def of(self, text: Any) -> Node:
        """`text`, that was read out of what stands here."""
        return Node(text, self.path, self.owner)

    @property
    def value(self) -> Any:
        """What stands here, or None."""
        if self._raw is UNKNOWN:
            raise UndecidedError(self.path, self.owner)
        return self._raw

    @property
    def unknown(self) -> bool:
        return self._raw is UNKNOWN

    @property
    def present(self) -> bool:
        """Whether anything was written here, even something unknown."""
        return self._raw is not None

    @property
    def text(self) -> str:
        """The value as text; the empty string when absent."""
        value = self.value
        return "" if value is None else str(value)

    def parsed(self) -> Node:
        """This place with JSON text read, as a provider is given its nested settings."""
        if isinstance(self._raw, str):
            with suppress(ValueError):
                return self.of(json.loads(self._raw))
        return self

    @property
    def number(self) -> float | None:
        """The value as a number; None when absent or not a number."""
        value = self.value
        if isinstance(value, bool):
            return None
        try:
            return float(value) if value is not None else None
        except (TypeError, ValueError):
            return None

    def each(self) -> Iterator[Node]:
        """The elements of a list, in order; nothing when absent."""
        value = self.value
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield Node(item, f"{self.path}[{index}]", self.owner)

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The keys and places of a mapping, in order; nothing when absent."""
        value = self.value
        if isinstance(value, dict):
            for key in value:
                yield str(key), self.child(str(key))

    def leaves(self) -> Iterator[Node]:
        """Every scalar below, known or not."""
        if isinstance(self._raw, dict):
            for key in self._raw:
                yield from self.child(str(key)).leaves()
        elif isinstance(self._raw, list):
            for index, item in enumerate(self._raw):
                yield from Node(item, f"{self.path}[{index}]", self.owner).leaves()
        elif self._raw is not None:
            yield self


def _below(raw: Any, key: str) -> Any:
    if isinstance(raw, dict):
        return raw.get(key)
    return UNKNOWN if raw is UNKNOWN else None
