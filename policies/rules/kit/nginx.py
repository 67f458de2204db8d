"""nginx configuration as a tree of directives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

TOKEN: Final = re.compile(
    r"""\s+|\#[^\n]*|(?P<mark>[{};])|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|((?:\\.|\$\{[^}]*\}|[^\s{};"'])+)"""
)


@dataclass
class Directive:
    """A directive with its arguments; a block has children, and every directive knows the block it stands in."""

    name: str
    args: Sequence[str]
    line: int
    parent: Directive | None = field(default=None, repr=False)
    children: list[Directive] = field(default_factory=list, repr=False)

    def all(self, name: str) -> Iterator[Directive]:
        """The directives called `name` anywhere below."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.all(name)

    def own(self, name: str) -> list[Directive]:
        """The directives called `name` directly in this block."""
        return [child for child in self.children if child.name == name]

    def inherited(self, name: str) -> list[Directive]:
        """What `name` is here: its directives in the nearest block around that has any (nginx's own inheritance)."""
        block: Directive | None = self
        while block:
            found = block.own(name)
            if found:
                return found
            block = block.parent
        return []

    def says(self, name: str, *args: str) -> bool:
        """Whether the directive in force called `name` has exactly these arguments."""
        found = self.inherited(name)
        return bool(found) and all(tuple(directive.args) == args for directive in found)

    @property
    def is_tls(self) -> bool:
        """Whether a server block takes TLS connections."""
        return any({"ssl", "quic"} & set(listen.args[1:]) for listen in self.own("listen")) or self.says("ssl", "on")


@lru_cache(maxsize=1024)
def parse(text: str) -> Directive:
    """The directives of a configuration, under a nameless root. Raises ValueError where the braces do not match."""
    root = block = Directive("", (), 0)
    words: list[str] = []
    line = started = 1
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"line {line} cannot be read")
        position = match.end()
        mark, word = match["mark"], next((group for group in match.groups()[1:] if group is not None), None)
        if word is not None:
            started = started if words else line
            words.append(word)
        elif mark == "}":
            if block.parent is None or words:
                raise ValueError(f"line {line} closes what is not open")
            block = block.parent
        elif mark and words:
            directive = Directive(words[0], tuple(words[1:]), started, block)
            block.children.append(directive)
            block = directive if mark == "{" else block
            words = []
        line += match[0].count("\n")
    if block is not root or words:
        raise ValueError("ends within a block or a directive")
    return root
