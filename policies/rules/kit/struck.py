"""Striking out of a message what may be a secret."""

from __future__ import annotations

import re
from typing import Final

WORD: Final = re.compile(r"[A-Za-z0-9+/_=-]{12,}")
KINDS: Final = tuple(re.compile(kind) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
HEXADECIMAL: Final = re.compile(r"[0-9a-fA-F-]{24,}")


def struck(text: str) -> str:
    """`text` with `[hidden]` for each word that mixes small and capital letters and digits, or is a long number."""
    return WORD.sub(_hidden, text)


def _hidden(match: re.Match[str]) -> str:
    word = match[0]
    mixed = all(kind.search(word) for kind in KINDS)
    return "[hidden]" if mixed or HEXADECIMAL.fullmatch(word) else word
