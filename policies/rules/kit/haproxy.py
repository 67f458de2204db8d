"""haproxy configuration as sections of lines of words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from .documents import lines

SECTIONS: Final = frozenset({
    "global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "userlist", "cache", "ring", "program",
    "mailers", "http-errors", "log-forward", "crt-store",
})  # fmt: skip
QUOTED: Final = re.compile(r"[\"'\\#]")


@dataclass
class Line:
    """One line: its words, and its number."""

    number: int
    words: Sequence[str]

    def after(self, word: str) -> str | None:
        """The word that follows `word`, as a parameter's value does."""
        if word not in self.words[:-1]:
            return None
        return self.words[self.words.index(word) + 1]


@dataclass
class Section:
    """A section such as `frontend api`, with its lines."""

    kind: str
    name: str
    lines: list[Line] = field(default_factory=list)

    def all(self, *start: str) -> list[Line]:
        """The lines that start with these words."""
        return [line for line in self.lines if tuple(line.words[: len(start)]) == start]

    @property
    def takes(self) -> Iterator[Line]:
        """Its `bind` lines."""
        yield from self.all("bind")

    @property
    def sends(self) -> Iterator[Line]:
        """Its `server` and `server-template` lines."""
        yield from (line for line in self.lines if line.words[0] in {"server", "server-template"})


@lru_cache(maxsize=1024)
def parse(text: str) -> Sequence[Section]:
    """The sections, in order. Raises ValueError for a quotation that does not end."""
    sections: list[Section] = []
    for number, line in lines(text):
        words = shlex.split(line, comments=True) if QUOTED.search(line) else line.split()
        if words and words[0] in SECTIONS:
            sections.append(Section(words[0], words[1] if len(words) > 1 else ""))
        elif words and sections:
            sections[-1].lines.append(Line(number, words))
    return sections


def mode(section: Section, sections: Sequence[Section]) -> str:
    """`http` or `tcp`: as the section says, or the defaults before it."""
    said = "tcp"
    for earlier in sections:
        if earlier.kind == "defaults" or earlier is section:
            said = next((line.words[1] for line in earlier.all("mode")), said)
        if earlier is section:
            break
    return said


def target(line: Line) -> str:
    """The address of a `server` or `server-template` line; the latter counts its servers before it."""
    place = 3 if line.words[0] == "server-template" else 2
    return line.words[place] if len(line.words) > place else ""


def default(option: str, name: str, sections: Sequence[Section]) -> str | None:
    """What the global `ssl-default-bind-options` and the like say about an option."""
    found = None
    for section in sections:
        if section.kind == "global":
            for line in section.all(name):
                found = line.after(option) or found
    return found


def is_loopback(address: str) -> bool:
    """Whether an address never leaves the container: loopback, or a socket in its file system."""
    host = address.removeprefix("ipv4@").removeprefix("tcp@")
    return host.startswith(("127.", "localhost:", "[::1]:", "::1:", "unix@", "abns@", "/"))
