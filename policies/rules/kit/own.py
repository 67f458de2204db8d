"""The stack's own secrets: the values that Pulumi or Docker is to keep, and where else they stand."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final

from .node import Node
from .resource import Resource
from .rule import SECRET
from .secret import CERTIFICATE
from .stack import Stack
from .views import PLAIN, views

MADE: Final[Mapping[str, Sequence[str]]] = {
    "random:index/randomPassword:RandomPassword": ("result",),
    "random:index/randomBytes:RandomBytes": ("base64", "hex"),
    "tls:index/privateKey:PrivateKey": ("privateKeyPem", "privateKeyOpenssh", "privateKeyPemPkcs8"),
}
"""The generators of secrets, with their outputs that are secret."""
SHORTEST: Final = 8
SURE: Final = 12
"""A shorter value may be a word: it counts only where it stands alone."""
PIECE: Final = 4
LONGEST: Final = 512
"""A longer value, a PEM key or a file of settings, is looked for as a whole and line by line."""
PRIVATE: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)-----END", re.DOTALL)
WORD: Final = re.compile(r"[^\s\"'=:,;&|@/]+")
PLAIN_WORD: Final = re.compile(r"[^\s\"'=]+")
"""A piece of a secret may hold what separates words elsewhere."""


class Own:
    """The secrets of a stack, by value, with the name of the resource that holds each. Values never leave it."""

    def __init__(self, stack: Stack) -> None:
        self._names: dict[str, str] = {}
        self._seen: dict[str, Sequence[tuple[str, str]]] = {}
        for resource in stack.resources:
            for value in _values(resource):
                self._add(value, resource.name)

    def _add(self, value: str, name: str) -> None:
        held = value.strip()
        if len(held) >= SHORTEST and CERTIFICATE.sub("", held).strip():
            self._names.setdefault(held, name)
            for body in PRIVATE.findall(held):
                for line in body.split():
                    if len(line) >= 32:
                        self._names.setdefault(line, name)

    def __bool__(self) -> bool:
        """Whether the value of any secret is known."""
        return bool(self._names)

    @cached_property
    def _starts(self) -> Mapping[str, Sequence[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for value in self._names:
            found[value[:SHORTEST]].append(value)
        return found

    @cached_property
    def _grams(self) -> Mapping[str, Sequence[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for value in self._forms:
            for gram in {value[at : at + PIECE] for at in range(len(value) - PIECE + 1)}:
                found[gram].append(value)
        return found

    @cached_property
    def _forms(self) -> Mapping[str, str]:
        """What may be cut into pieces: each value that is no word, in plain, base64 and hexadecimal; and whose."""
        found: dict[str, str] = {}
        for value, name in self._names.items():
            if SURE <= len(value) <= LONGEST:
                raw = value.encode()
                found |= dict.fromkeys((value, base64.b64encode(raw).decode(), raw.hex()), name)
        return found

    def within(self, text: str) -> Sequence[tuple[str, str]]:
        """The name of each secret that stands in `text`, and how. Most texts of a stack stand in it many times."""
        if text not in self._seen:
            found = ((form, value) for form, view in views(text) for value in self._found(view))
            self._seen[text] = [(self._names[value], form) for form, value in found]
        return self._seen[text]

    def _found(self, view: str) -> Iterator[str]:
        starts = self._starts
        if len(starts) < len(view) and not any(start in view for start in starts):
            return
        for at in range(len(view) - SHORTEST + 1):
            for value in starts.get(view[at : at + SHORTEST], ()):
                if view.startswith(value, at) and (len(value) >= SURE or _alone(view, at, at + len(value))):
                    yield value

    def split(self, places: Iterable[Node]) -> Iterator[tuple[str, Sequence[str]]]:
        """The name of each secret that stands in `places` in pieces, and the paths of the pieces."""
        if not self._grams:
            return
        pieces: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for place in places:
            for text in _words(place.text):
                if text[-PIECE:] in self._grams:
                    for value in self._grams.get(text[:PIECE], ()):
                        if len(text) < len(value) and text in value:
                            pieces[value].setdefault(text, place.path)
        for value, held in pieces.items():
            used = _cover(value, list(held))
            if used:
                yield self._forms[value], sorted({held[piece] for piece in used})


@lru_cache(maxsize=65536)
def _words(text: str) -> frozenset[str]:
    """What could be a piece of a secret: each view of `text`, and the words of it."""
    found = {word for _, view in views(text) for word in (view, *WORD.findall(view), *PLAIN_WORD.findall(view))}
    return frozenset(word for word in found if len(word) >= PIECE)


def _values(resource: Resource) -> Iterator[str]:
    if resource.type == SECRET:
        data = resource.props.get("data")
        if isinstance(data, str):
            yield _decoded(data)
    else:
        yield from (value for value in resource.sealed.values() if isinstance(value, str))
    for name in MADE.get(resource.type, ()):
        value: Any = resource.made.get(name)
        if isinstance(value, str):
            yield value


def _decoded(data: str) -> str:
    try:
        raw = base64.b64decode(data, validate=True)
    except ValueError:
        return data
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _alone(text: str, start: int, end: int) -> bool:
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())


def _cover(value: str, pieces: Sequence[str]) -> Sequence[str]:
    """Pieces that put together are `value`; empty when there are none."""
    reached: dict[int, tuple[str, ...]] = {0: ()}
    for at in range(len(value)):
        if at in reached:
            for piece in pieces:
                if value.startswith(piece, at):
                    reached.setdefault(at + len(piece), (*reached[at], piece))
    return reached.get(len(value), ())


__all__ = ["MADE", "PLAIN", "Own"]
