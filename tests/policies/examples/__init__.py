"""Programs that break a rule, and programs that keep it, by the rule's id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Program = Callable[[], object]


@dataclass(frozen=True)
class Examples:
    """`also` are the rules that the breaking programs cannot but break as well."""

    breaks: Sequence[Program]
    keeps: Sequence[Program]
    also: frozenset[str] = frozenset()
    stack: str = "dev"
    profile: str | None = None
