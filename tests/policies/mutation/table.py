"""The reviewed table: each field of each resource type, and what makes it unsafe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILES = ("docker.yaml", "tls-random.yaml")


@dataclass(frozen=True)
class Misuse:
    """One way to make a field unsafe, and the families of which one must see it."""

    type: str
    path: str
    families: frozenset[str]
    operation: str
    operand: Any = None
    where: dict[str, Any] = field(default_factory=dict)


@cache
def table() -> dict[str, dict[str, Any]]:
    """By type and field: the reason why it is neutral, or how it is made unsafe."""
    folder = Path(__file__).parent
    files = [yaml.load((folder / name).read_text(), Loader=yaml.CSafeLoader) for name in FILES]
    return {token: held for file in files for token, held in file.items()}


def misuses() -> Iterator[Misuse]:
    for token, held in table().items():
        for path, said in held.items():
            for families, *rest in () if isinstance(said, str) else said:
                yield Misuse(token, path, frozenset(families.split("|")), *rest)
