"""What the command line calls: a project, a stack of it, and the operations on the stack.

Every operation runs in a process of its own, so that a preview leaves nothing behind in the `up` that follows it.
Errors that are about the request and not about a resource (a lock, a wrong passphrase, a corrupt state, an invalid
configuration) are raised as `EngineError`; everything else is in the `Result` and its events.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from engine import backend, history, lock
from engine.backend import Location
from engine.child import Phase, started_ahead
from engine.crypto import throw_away_crypter
from engine.events import BLOCKING, Event, PolicyFinding, StepStarted, Summary
from engine.job import Finished, Job, Kind
from engine.policy_config import Given
from engine.project import Project
from engine.rollout import Rollouts
from engine.urn import STACK_TYPE
from engine.values import reveal, shown

__all__ = ["Project", "Result", "Stack", "Step", "destroy", "outputs", "preview", "refresh", "up", "up_without_plan"]

OnEvent = Callable[[Event], None]


@dataclass(frozen=True)
class Stack:
    """A stack of `project`.

    `config` maps full keys ("rempart:settings", "docker:host") to values: a str, or plain data for objects (they reach
    the program as JSON). `secret_keys` are those among them that came encrypted. `backend` is the directory that holds
    the file backend's `.pulumi` folder. The passphrase is checked against the state before anything runs. `salt` is the
    stack file's: a new state takes it over, as with the CLI, so that one key opens both.
    """

    project: Project
    name: str
    config: Mapping[str, Any]
    secret_keys: frozenset[str]
    backend: Path
    passphrase: str = field(repr=False)
    organization: str = "organization"
    salt: str | None = None

    @property
    def location(self) -> Location:
        return Location(self.backend, self.project.name, self.name)


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
    settled: bool = False
    """Of a plan: there is nothing to do, and the program need not be run again to find that out."""


def preview(
    stack: Stack,
    *,
    policy_packs: Sequence[Path] = (),
    policy_configs: Sequence[Given] = (),
    refresh: bool = False,
    on_event: OnEvent = lambda _: None,
) -> Result:
    """What `up` would do. Nothing is changed, the state included. A configuration is for the pack at its place."""
    with _Run(stack, on_event, policies=_Packs(policy_packs, policy_configs), writes=False) as run:
        return run.phase("up", preview=True, refresh=refresh)


def up(
    stack: Stack,
    *,
    policy_packs: Sequence[Path] = (),
    policy_configs: Sequence[Given] = (),
    refresh: bool = False,
    on_event: OnEvent = lambda _: None,
    confirm: Callable[[Result], bool] = lambda _: True,
) -> Result:
    """Plans, asks the policies, asks `confirm`, and only then acts; a finding that blocks stops before any creation.

    A plan that finds everything as it is recorded is the result: the program is not run again.
    """
    return _planned(stack, "up", on_event, confirm, policies=_Packs(policy_packs, policy_configs), refresh=refresh)


def up_without_plan(
    stack: Stack, *, policy_packs: Sequence[Path] = (), refresh: bool = False, on_event: OnEvent = lambda _: None
) -> Result:
    """Acts at once (`--skip-preview`): a policy stops it at the resource that it is about, others may be made then."""
    return _planned(stack, "up", on_event, None, policies=_Packs(policy_packs), refresh=refresh)


def refresh(
    stack: Stack, *, on_event: OnEvent = lambda _: None, confirm: Callable[[Result], bool] = lambda _: True
) -> Result:
    """Plans, asks `confirm`, then records how every resource really is."""
    return _planned(stack, "refresh", on_event, confirm)


def destroy(
    stack: Stack, *, on_event: OnEvent = lambda _: None, confirm: Callable[[Result], bool] = lambda _: True
) -> Result:
    """Plans, asks `confirm`, then deletes every resource of the stack."""
    return _planned(stack, "destroy", on_event, confirm)


def outputs(stack: Stack, *, show_secrets: bool = False) -> dict[str, Any]:
    """The stack's outputs as the state has them; secrets as "[secret]" unless `show_secrets`."""
    location = stack.location
    crypter = backend.crypter_of(backend.read_raw(location), stack.passphrase)
    resources = backend.load(location, crypter).resources
    found = next((each.outputs for each in resources if each.type == STACK_TYPE), {})
    return dict(reveal(found) if show_secrets else shown(found))


def _planned(
    stack: Stack,
    kind: Kind,
    on_event: OnEvent,
    confirm: Callable[[Result], bool] | None,
    *,
    policies: "_Packs | None" = None,
    refresh: bool = False,
) -> Result:
    """The plan, and if nothing speaks against it the act; the stack is locked from before the one to the end."""
    with lock.held(stack.location) as held, _Run(stack, on_event, held, policies) as run:
        plan = None
        if confirm is not None:
            plan = run.phase(kind, preview=True, refresh=refresh, more=True)
            if not plan.ok or not confirm(plan):
                return plan
        began = time.time()
        result = plan if plan and plan.settled else run.phase(kind, preview=False, refresh=refresh)
        done = history.Run(kind, began, result.ok, result.counts, run.rollouts.taken())
        history.record(stack.location, done, run.config, stack.secret_keys, run.crypter)
        return result


@dataclass(frozen=True)
class _Packs:
    paths: Sequence[Path] = ()
    configs: Sequence[Given] = ()


class _Run:
    """The phases of one command: they share the configuration and the derived key."""

    def __init__(
        self,
        stack: Stack,
        on_event: OnEvent,
        held: int | None = None,
        policies: _Packs | None = None,
        *,
        writes: bool = True,
    ) -> None:
        self._stack, self._on_event, self._policies = stack, on_event, policies or _Packs()
        self._lock_held = held
        self.rollouts = Rollouts()
        self._spare: Phase | None = started_ahead() or Phase()
        self._ready: Phase | None = None
        try:
            values, self._secret_keys = stack.project.configured(stack.config, stack.secret_keys)
            self.config = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
            raw = backend.read_raw(stack.location)
            self.crypter = (
                backend.crypter_of(raw, stack.passphrase, stack.salt) if raw or writes else throw_away_crypter()
            )
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Ends the process that waits for a further phase."""
        for waiting in filter(None, (self._spare, self._ready)):
            waiting.abandon()

    def phase(self, kind: Kind, *, preview: bool, refresh: bool, more: bool = False) -> Result:
        """Runs one phase to its end; with `more` the act that follows the plan is made ready meanwhile."""
        began = time.monotonic()
        seen = Record()

        def on_event(event: Event) -> None:
            if more and not self._ready and _changes(event):  # now there will be an act, and there is a core to spare
                self._ready = Phase()
                self._ready.give(self._job(kind, refresh, preview=False, waits=True), self._lock_held)
            seen.add(event)
            if not preview:
                self.rollouts.add(event)
            self._on_event(event)

        process, self._ready = self._ready, None
        if process is None:
            process, self._spare = self._spare or Phase(), None
            process.give(self._job(kind, refresh, preview=preview), self._lock_held)
        finished = process.run(on_event)
        return seen.result(finished, time.monotonic() - began)

    def _job(self, kind: Kind, refresh: bool, *, preview: bool, waits: bool = False) -> Job:
        stack = self._stack
        return Job(
            kind=kind,
            preview=preview,
            project=stack.project,
            stack=stack.name,
            organization=stack.organization,
            config=self.config,
            secret_keys=self._secret_keys,
            location=stack.location,
            crypter=self.crypter,
            policy_packs=tuple(path.resolve() for path in self._policies.paths),
            policy_configs=tuple(self._policies.configs),
            refresh=refresh,
            locked=self._lock_held is not None,
            waits=waits,
        )


def _changes(event: Event) -> bool:
    return isinstance(event, StepStarted) and event.op != "same"


class Record:
    """Collects from the events what the result says."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._findings: list[PolicyFinding] = []
        self._counts: dict[str, int] = {}

    def add(self, event: Event) -> None:
        if isinstance(event, StepStarted):
            self._steps.append(Step(event.op, event.urn, event.diffs, event.keys))
        elif isinstance(event, PolicyFinding):
            self._findings.append(event)
        elif isinstance(event, Summary):
            self._counts = event.counts

    def result(self, finished: Finished, seconds: float) -> Result:
        blocked = any(finding.severity in BLOCKING for finding in self._findings)
        return Result(
            ok=finished.ok and not blocked,
            counts=self._counts,
            steps=tuple(self._steps),
            findings=tuple(self._findings),
            errors=finished.errors,
            outputs=finished.outputs,
            seconds=seconds,
            settled=finished.settled,
        )
