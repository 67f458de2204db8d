"""Pulumi's policy configuration (`--policy-pack-config`), for a check that Pulumi takes no part in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft7Validator

from ..kit.rule import PROFILES, Rule

LEVELS: Final = ("advisory", "mandatory", "disabled", "remediate")
ALL: Final = "all"
WAIVERS: Final = "waivers"
_LEVEL: Final = "enforcementLevel"
_PROFILE: Final = {"profile": {"type": "string", "enum": ["automatic", *PROFILES]}}


@dataclass(frozen=True)
class Configuration:
    """`levels` and `settings` go by the id of a rule; `profile` is empty where none is chosen."""

    levels: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    profile: str = ""

    def level(self, rule: Rule) -> str:
        """What a violation of a rule means."""
        return self.levels.get(rule.id, self.levels.get(ALL, "advisory" if rule.advisory else "mandatory"))


def load(path: Path, rules: Sequence[Rule]) -> Configuration:
    """The configuration in a file. Raises ValueError, naming the place, for what no rule understands."""
    read = json.loads(path.read_text() or "{}")
    if not isinstance(read, dict):
        raise ValueError("must be an object of rules")
    schemas = {rule.id: rule.settings for rule in rules} | {WAIVERS: _PROFILE, ALL: {}}
    levels: dict[str, str] = {}
    settings: dict[str, dict[str, Any]] = {}
    for name, value in read.items():
        given = {_LEVEL: value} if isinstance(value, str) else value
        if name not in schemas:
            raise ValueError(f"{name}: no rule has this id")
        if not isinstance(given, dict):
            raise ValueError(f"{name}: must be an enforcement level or an object of settings")
        settings[name] = {key: item for key, item in given.items() if key != _LEVEL}
        if _LEVEL in given:
            if given[_LEVEL] not in LEVELS:
                raise ValueError(f"{name}.{_LEVEL}: must be one of {', '.join(LEVELS)}")
            levels[name] = given[_LEVEL]
        _check(name, schemas[name], settings[name])
    profile = settings.get(WAIVERS, {}).get("profile", "")
    return Configuration(levels, settings, profile if profile in PROFILES else "")


def _check(name: str, schema: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    for problem in Draft7Validator({"type": "object", "properties": dict(schema)}).iter_errors(dict(settings)):
        raise ValueError(f"{'.'.join([name, *map(str, problem.absolute_path)])}: {problem.message}")
