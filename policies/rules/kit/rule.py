"""What a rule is, and how a function becomes one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, TypeVar

Problems = Iterator[str]
Function = TypeVar("Function", bound=Callable[..., Any])

SERVICE: Final = "docker:index/service:Service"
CONTAINER: Final = "docker:index/container:Container"
NETWORK: Final = "docker:index/network:Network"
VOLUME: Final = "docker:index/volume:Volume"
SECRET: Final = "docker:index/secret:Secret"  # noqa: S105 -- a resource type
CONFIG: Final = "docker:index/serviceConfig:ServiceConfig"
REMOTE_IMAGE: Final = "docker:index/remoteImage:RemoteImage"
BUILT_IMAGE: Final = "docker:index/image:Image"
REGISTRY_IMAGE: Final = "docker:index/registryImage:RegistryImage"
TAG: Final = "docker:index/tag:Tag"
PLUGIN: Final = "docker:index/plugin:Plugin"
BUILDER: Final = "docker:index/buildxBuilder:BuildxBuilder"
PROVIDER: Final = "pulumi:providers:docker"
WORKLOADS: Final = (SERVICE, CONTAINER)
FILES: Final = (CONFIG, CONTAINER)
"""What brings configuration files: a ServiceConfig, and the uploads of a Container."""
BUILDS: Final = (REMOTE_IMAGE, BUILT_IMAGE, REGISTRY_IMAGE)


class Severity(IntEnum):
    """How much harm a violation can do; the numbers are those of the analyzer protocol."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Profile(IntEnum):
    """Which stacks a rule is for: each profile includes those before it."""

    BASELINE = 1
    PRODUCTION = 2
    CIS_STRICT = 3

    @property
    def label(self) -> str:
        """Its name as people write it."""
        return self.name.lower().replace("_", "-")


PROFILES: Final = {profile.label: profile for profile in Profile}


@dataclass(frozen=True)
class Rule:
    """A requirement, the reason for it, and the function that finds where a stack breaks it."""

    id: str
    family: str
    title: str
    rationale: str
    remedy: str
    severity: Severity
    profile: Profile
    references: Sequence[str]
    types: frozenset[str]  # none: the rule is about the whole stack
    settings: Mapping[str, Mapping[str, Any]]
    find: Callable[..., Iterator[Any]] = field(repr=False)
    advisory: bool = False  # what it finds is said, and stops nothing

    @property
    def defaults(self) -> dict[str, Any]:
        """The values of the rule's settings when the stack gives none."""
        return {name: schema["default"] for name, schema in self.settings.items()}

    def problems(self, subject: Any, given: Mapping[str, Any]) -> Iterator[Any]:
        """What `subject`, a resource or a stack, does against the rule."""
        return self.find(subject, {**self.defaults, **given}) if self.settings else self.find(subject)


REGISTRY: Final[dict[str, Rule]] = {}


def each(
    *types: str,
    severity: Severity,
    remedy: str,
    see: Sequence[str] = (),
    profile: Profile = Profile.BASELINE,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    advisory: bool = False,
) -> Callable[[Function], Function]:
    """Register a rule about each resource of `types`; it yields a problem's path and fault as one text."""

    def register(find: Function) -> Function:
        title, rationale = _explained(find)
        rule = Rule(
            id=find.__name__.replace("_", "-"),
            family=find.__module__.rpartition(".")[2].partition("_")[0],
            title=title,
            rationale=rationale,
            remedy=remedy,
            severity=severity,
            profile=profile,
            references=tuple(see),
            types=frozenset(types),
            settings=settings or {},
            find=find,
            advisory=advisory,
        )
        if rule.id in REGISTRY:
            raise ValueError(f"two rules are called {rule.id}")
        REGISTRY[rule.id] = rule
        return find

    return register


def whole_stack(
    *,
    severity: Severity,
    remedy: str,
    see: Sequence[str] = (),
    profile: Profile = Profile.BASELINE,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    advisory: bool = False,
) -> Callable[[Function], Function]:
    """Register a rule about a stack as a whole; it yields the URN of the culprit and the problem."""
    return each(severity=severity, remedy=remedy, see=see, profile=profile, settings=settings, advisory=advisory)


def _explained(find: Callable[..., Any]) -> tuple[str, str]:
    """A rule's title and rationale: the first line of its docstring, and the rest."""
    title, _, rationale = inspect.cleandoc(find.__doc__ or "").partition("\n\n")
    if not title or not rationale:
        raise ValueError(f"the rule {find.__name__} explains itself in a docstring: a line, and the reason below it")
    return title, " ".join(rationale.split())
