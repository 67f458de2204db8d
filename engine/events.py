"""What happens during a run, as small records that cross from the phase's process to the one that renders them."""

from dataclasses import dataclass, field
from typing import Any, Final

BLOCKING: Final = frozenset({"mandatory", "undecided"})  # severities of findings that stop an up


@dataclass(frozen=True)
class StepStarted:
    """`op` is Pulumi's: same, create, update, delete, replace, create-replacement, delete-replaced, read, refresh."""

    op: str
    urn: str
    diffs: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    old: dict[str, Any] = field(
        default_factory=dict, repr=False
    )  # inputs, secrets as "[secret]", unknowns as "[unknown]"
    new: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class StepDone:
    op: str
    urn: str
    seconds: float


@dataclass(frozen=True)
class StepFailed:
    op: str
    urn: str
    message: str


@dataclass(frozen=True)
class Progress:
    """`runs` says whether any of the resource runs at this moment, where that is known."""

    urn: str
    message: str
    runs: bool | None = None


@dataclass(frozen=True)
class Diagnostic:
    """`severity` is debug, info, info#err, warning or error; `urn` is empty for the stack as a whole."""

    severity: str
    urn: str
    message: str


@dataclass(frozen=True)
class PolicyFinding:
    """`severity` is mandatory, advisory, remediate or undecided ("can't run policy", which stops an up as well)."""

    pack: str
    policy: str
    severity: str
    urn: str
    message: str


@dataclass(frozen=True)
class Rule:
    """A policy as its pack describes it; `severity` is low, medium, high, critical or nothing."""

    id: str
    title: str = ""
    rationale: str = ""
    remedy: str = ""
    severity: str = ""
    tags: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyPack:
    """A pack that was asked to the end, with the rules that it held the stack to."""

    name: str
    version: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class OutputsChanged:
    """The stack's outputs before and after, secrets as "[secret]"."""

    old: dict[str, Any]
    new: dict[str, Any]


@dataclass(frozen=True)
class Summary:
    """The last event of a phase. `phase` is preview, up, refresh or destroy."""

    phase: str
    ok: bool
    counts: dict[str, int]
    seconds: float


Event = (
    StepStarted | StepDone | StepFailed | Progress | Diagnostic | PolicyFinding | PolicyPack | OutputsChanged | Summary
)
