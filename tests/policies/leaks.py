"""Twelve channels by five encodings: the stack's own secrets, wherever else they might stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from tests.policies.corpus.draw import PUNCTUATED, Draw
from tests.policies.test_own_secrets import CHANNELS, ENCODINGS, found

IN: Mapping[str, str] = {
    "env": "env",
    "arguments": "args",
    "command": "command",
    "health check": "health check",
    "labels": "label",
    "log options": "log option",
    "driver options": "driver option",
    "uploads": "upload",
    "config objects": "config object",
    "build arguments": "build argument",
    "host names and aliases": "alias",
    "a URL's user": "a URL's user",
}


def _halves(value: str) -> str:
    """The value in two words, as in two variables that a script puts together."""
    return f"{value[: len(value) // 2]} and {value[len(value) // 2 :]}"


AS: Mapping[str, Callable[[str], str]] = {
    "plain": ENCODINGS["plain"],
    "base64": ENCODINGS["base64"],
    "hex": ENCODINGS["hexadecimal"],
    "URL": ENCODINGS["URL, every character"],
    "split": _halves,
}


def matrix(seed: int = 20261121) -> dict[str, dict[str, bool]]:
    """Whether a generated secret of the stack is found, by channel and encoding."""
    draw = Draw(Random(seed).randrange(1 << 32))
    return {
        channel: {
            form: bool(found(value := draw.chars(PUNCTUATED, 32), CHANNELS[name](encode(value))))
            for form, encode in AS.items()
        }
        for channel, name in IN.items()
    }
