"""Waivers: findings that somebody answers for, until a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

FIELDS = frozenset({"rule", "resource", "reason", "owner", "expires"})


@dataclass(frozen=True)
class Waiver:
    """`owner` accepts that `resource` (a pattern of names) breaks `rule` in `stack`, for `reason`, until `expires`."""

    rule: str
    resource: str
    reason: str
    owner: str
    expires: date
    stack: str = "*"
    optional: bool = False  # it is for something that a stack may switch on, so being unused is no fault

    def covers(self, rule: str, stack: str, name: str) -> bool:
        """Whether a finding falls under this waiver, in force or not."""
        return self.rule == rule and self.is_for(stack) and fnmatchcase(name, self.resource)

    def is_for(self, stack: str) -> bool:
        """Whether it is written for a stack."""
        return fnmatchcase(stack, self.stack)

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return today > self.expires

    @property
    def unused(self) -> str:
        """What is wrong with it when it covers nothing."""
        return f"nothing breaks {self.rule} at {self.resource}: remove its waiver"

    def __str__(self) -> str:
        return f"waived until {self.expires} by {self.owner}: {self.reason}"


def load(path: Path, rules: Sequence[str]) -> list[Waiver]:
    """The waivers in a file. Raises ValueError, naming the entry, for one that is incomplete or waives nothing real."""
    import yaml  # noqa: PLC0415 -- a pack without waivers starts without it

    try:
        entries = (yaml.safe_load(path.read_text()) if path.exists() else None) or []
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ValueError(f"{path.name}: is no YAML{f' (line {mark.line + 1})' if mark else ''}") from None
    if not isinstance(entries, list):
        raise ValueError(f"{path.name}: must be a list of waivers")
    return [_waiver(f"{path.name}[{index}]", entry, rules) for index, entry in enumerate(entries)]


def _waiver(where: str, entry: Any, rules: Sequence[str]) -> Waiver:
    given = set(entry) if isinstance(entry, dict) else set()
    if not FIELDS <= given <= FIELDS | {"stack", "optional"}:
        raise ValueError(f"{where}: must have {', '.join(sorted(FIELDS))}, and may have stack and optional")
    if entry["rule"] not in rules:
        raise ValueError(f"{where}.rule: no rule has this id")
    if not isinstance(entry["expires"], date):
        raise ValueError(f"{where}.expires: must be a date such as 2030-12-31")
    if not all(isinstance(entry[name], str) and entry[name].strip() for name in given - {"expires", "optional"}):
        raise ValueError(f"{where}: every field is a text that says something")
    if set(entry["resource"]) <= set("*?"):
        raise ValueError(f"{where}.resource: names no resource in particular")
    return Waiver(**entry)
