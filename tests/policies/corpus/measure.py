"""How many of the corpus's secrets the rules find, and how many lookalikes they take for one, class by class."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from policies.rules import RULES
from policies.rules.kit.resource import Resource
from policies.rules.kit.rule import BUILT_IMAGE, CONFIG, SERVICE, VOLUME
from policies.rules.pack.judge import Judge
from tests.policies.corpus.entry import Entry

Detector = Callable[[Entry], bool]
JUDGE = Judge([rule for rule in RULES if rule.family == "secrets"])


def _service(spec: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return SERVICE, {"taskSpec": {"containerSpec": spec}}


PLACE: dict[str, Callable[[str, str], tuple[str, dict[str, Any]]]] = {
    "args": lambda _, value: _service({"args": shlex.split(value)}),
    "build-arg": lambda name, value: (BUILT_IMAGE, {"build": {"context": ".", "args": {name: value}}}),
    "config": lambda _, value: (CONFIG, {"data": base64.b64encode(value.encode()).decode()}),
    "driver-option": lambda name, value: (VOLUME, {"driverOpts": {name: value}}),
    "env": lambda name, value: _service({"env": {name: value}}),
    "healthcheck": lambda _, value: _service({"healthcheck": {"tests": ["CMD-SHELL", value]}}),
    "label": lambda name, value: (SERVICE, {"labels": [{"label": name, "value": value}]}),
    "log-option": lambda name, value: (SERVICE, {"taskSpec": {"logDriver": {"name": "any", "options": {name: value}}}}),
}
"""Where an entry stands in a program, by its channel."""


def rules(entry: Entry) -> bool:
    """Whether a rule of the family finds a secret in the resource that holds the entry."""
    type_, props = PLACE[entry.channel](entry.name, entry.value)
    resource = Resource(type_, "held", f"urn:pulumi:prod::corpus::{type_}::held", props)
    return any(not finding.undecided for finding in JUDGE.resource(resource))


@dataclass
class Score:
    """What a detector made of some entries."""

    found: int = 0
    of: int = 0

    def __str__(self) -> str:
        return f"{self.found}/{self.of}"


@dataclass
class Measure:
    """A detector's figures over a corpus."""

    by_kind: dict[tuple[bool, str], Score] = field(default_factory=dict)

    def total(self, secret: bool) -> Score:
        held = [score for (is_secret, _), score in self.by_kind.items() if is_secret is secret]
        return Score(sum(score.found for score in held), sum(score.of for score in held))

    @property
    def recall(self) -> float:
        """The share of the secrets that were found."""
        return self.total(True).found / self.total(True).of

    @property
    def precision(self) -> float:
        """The share of the findings that were secrets."""
        found = self.total(True).found
        return found / max(found + self.total(False).found, 1)


def measure(entries: Iterable[Entry], detect: Detector) -> Measure:
    result = Measure()
    for entry in entries:
        score = result.by_kind.setdefault((entry.secret, entry.kind), Score())
        score.of += 1
        score.found += detect(entry)
    return result
