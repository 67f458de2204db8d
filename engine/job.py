"""What a phase is given, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from engine.backend import Location
from engine.crypto import Crypter
from engine.errors import EngineError
from engine.project import Project

Kind = Literal["up", "refresh", "destroy"]


@dataclass(frozen=True)
class Job:
    """Everything that a phase needs to know. It goes through a pipe: no secret is in an argument or env."""

    kind: Kind
    preview: bool
    project: Project
    stack: str
    organization: str
    config: dict[str, str] = field(repr=False)
    secret_keys: frozenset[str]
    location: Location
    crypter: Crypter
    policy_packs: tuple[Path, ...] = ()
    policy_configs: tuple[Mapping[str, Mapping[str, Any]], ...] = ()
    refresh: bool = False
    locked: bool = False  # the descriptor of the stack's lock follows
    waits: bool = False  # for a word after everything is ready: the plan may still say no


@dataclass(frozen=True)
class Finished:
    """The last message of a phase."""

    ok: bool
    errors: tuple[str, ...]
    outputs: dict[str, Any]
    settled: bool = False
    """A plan after which there is nothing to do: acting on it would find everything as it is recorded."""
    failure: EngineError | None = None
