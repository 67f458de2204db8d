"""What the command line calls: a project, a stack of it, and the operations on the stack.

Every operation runs in a process of its own, so that a preview leaves nothing behind in the `up` that follows it.
Errors that are about the request and not about a resource (a lock, a wrong passphrase, a corrupt state, an invalid
configuration) are raised as `EngineError`; everything else is in the `Result` and its events.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.events import Event, PolicyFinding
from engine.project import Project

OnEvent = Callable[[Event], None]
DEFAULT_BACKEND = ".pulumi"


@dataclass(frozen=True)
class Stack:
    """A stack of `project`.

    `config` maps full keys ("rempart:settings", "docker:host") to values: a str, or plain data for objects (they reach
    the program as JSON). `secret_keys` are those among them that came encrypted. `backend` is the directory that holds
    the file backend's `.pulumi` folder. The passphrase is checked against the state before anything runs.
    """

    project: Project
    name: str
    config: Mapping[str, Any]
    secret_keys: frozenset[str]
    backend: Path
    passphrase: str = field(repr=False)
    organization: str = "organization"


@dataclass(frozen=True)
class Step:
    op: str
    urn: str
    diffs: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """`ok` is what the exit code says; `outputs` are the stack's, secrets as "[secret]"."""

    ok: bool
    counts: dict[str, int]
    steps: tuple[Step, ...]
    findings: tuple[PolicyFinding, ...]
    errors: tuple[str, ...]
    outputs: dict[str, Any]
    seconds: float


def preview(
    stack: Stack,
    *,
    policy_packs: Sequence[Path] = (),
    refresh: bool = False,
    on_event: OnEvent = lambda _: None,
) -> Result: ...


def up(
    stack: Stack,
    *,
    policy_packs: Sequence[Path] = (),
    refresh: bool = False,
    on_event: OnEvent = lambda _: None,
    confirm: Callable[[Result], bool] = lambda _: True,
) -> Result:
    """Plans, asks the policies, asks `confirm`, and only then acts; a finding that blocks stops before any creation."""


def refresh(
    stack: Stack,
    *,
    on_event: OnEvent = lambda _: None,
    confirm: Callable[[Result], bool] = lambda _: True,
) -> Result:
    """Plans, asks `confirm`, then records how every resource really is."""


def destroy(
    stack: Stack,
    *,
    on_event: OnEvent = lambda _: None,
    confirm: Callable[[Result], bool] = lambda _: True,
) -> Result: ...


def outputs(stack: Stack, *, show_secrets: bool = False) -> dict[str, Any]: ...
