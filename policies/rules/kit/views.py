"""A text and what it reads as once its encodings are undone: base64, hexadecimal, URL, escapes."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_plus

PLAIN: Final = "in plain"
DEPTH: Final = 3
LONGEST_WORD: Final = 2048
ENCODED: Final = re.compile(r"[A-Za-z0-9+/_-]{11,}")
DIGITS: Final = re.compile(r"[0-9a-fA-F]{16,}")
PAIRS: Final = re.compile(r"[0-9a-fA-F]{2}(?:[: -][0-9a-fA-F]{2}){7,}")
BYTES: Final = re.compile(r"(?:\\x[0-9a-fA-F]{2}){8,}")
ESCAPES: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
CONTROL: Final = {"n": "\n", "r": "\r", "t": "\t"}


@lru_cache(maxsize=65536)
def views(text: str) -> tuple[tuple[str, str], ...]:
    """`text` in plain, then each other text that it is an encoding of, with the encoding's name; three deep."""
    found: dict[str, str] = {text: PLAIN}
    fresh = [text]
    for _ in range(DEPTH):
        decoded = [(form, view) for held in fresh for form, view in _decoded(held) if view not in found]
        fresh = []
        for form, view in decoded:
            if view not in found:
                found[view] = form
                fresh.append(view)
    return tuple((form, view) for view, form in found.items())


def _decoded(text: str) -> Iterator[tuple[str, str]]:
    if len(text) < 8:
        return
    yield from (("in base64", view) for match in ENCODED.finditer(text) for view in _from_base64(match[0]))
    yield from (("in hexadecimal", view) for view in _from_hexadecimal(text))
    if "%" in text or "+" in text:
        yield "URL-encoded", unquote_plus(text)
    if "\\" in text:
        yield "escaped", ESCAPES.sub(lambda m: chr(int(m[1], 16)) if m[1] else CONTROL.get(m[2], m[2]), text)
    if "&" in text and ";" in text:
        yield "escaped", html.unescape(text)


def _from_base64(word: str) -> Iterator[str]:
    """What `word` reads as; when that is no text, also without its first characters, which may be glued to it."""
    standard = word.replace("-", "+").replace("_", "/")
    whole = _bytes(standard)
    try:
        yield whole.decode()
    except UnicodeDecodeError:
        if len(word) <= LONGEST_WORD:
            yield from (_bytes(standard[start:]).decode("latin-1") for start in range(4))


def _bytes(word: str) -> bytes:
    usable = word[: len(word) - 1] if len(word) % 4 == 1 else word
    return base64.b64decode(usable + "=" * (-len(usable) % 4))


def _from_hexadecimal(text: str) -> Iterator[str]:
    for match in DIGITS.finditer(text):
        for start in (0, 1):
            digits = match[0][start:]
            yield bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("latin-1")
    for match in (*PAIRS.finditer(text), *BYTES.finditer(text)):
        yield bytes.fromhex(re.sub(r"[: -]|\\x", "", match[0])).decode("latin-1")
