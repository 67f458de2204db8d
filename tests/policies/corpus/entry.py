"""An entry of the corpus, and the file that holds them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.policies.corpus.draw import Draw

FROZEN = Path(__file__).parent / "secrets.jsonl"
PIECE = 11


@dataclass(frozen=True)
class Entry:
    """A value as it stands in a program: in which channel, under which name, and whether it may stand there."""

    channel: str  # env, args, label, healthcheck, log-option, driver-option, build-arg, or config: a file's whole text
    name: str  # the variable, label, option or file; empty for arguments
    value: str
    kind: str
    secret: bool


Made = tuple[str, str, str]
Maker = Callable[[Draw], Made]
KINDS: dict[str, tuple[bool, int, Maker]] = {}


def kind(name: str, *, secret: bool, times: int) -> Callable[[Maker], Maker]:
    """Declares what makes one (channel, name, value) of a kind, and how many of them the corpus has."""

    def declare(maker: Maker) -> Maker:
        assert name not in KINDS, name
        KINDS[name] = (secret, times, maker)
        return maker

    return declare


def pieces(value: str) -> list[str]:
    """The value cut up, so that no scanner of a code host takes a made-up token for a leaked one."""
    return [value[:3], *(value[start : start + PIECE] for start in range(3, len(value), PIECE))]


def line(entry: Entry) -> str:
    held = {"class": entry.kind, "secret": entry.secret, "channel": entry.channel, "name": entry.name}
    return json.dumps({**held, "value": pieces(entry.value)})


def load(path: Path = FROZEN) -> Iterator[Entry]:
    for text in path.read_text().splitlines():
        held = json.loads(text)
        yield Entry(held["channel"], held["name"], "".join(held["value"]), held["class"], held["secret"])
