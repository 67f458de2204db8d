"""One phase of one run: what is known, what was decided, and how a step is carried out and reported."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import grpc

from engine import urn as urns
from engine.errors import EngineError
from engine.events import Diagnostic, Event, Progress, StepDone, StepFailed, StepStarted
from engine.hooks import Hooks
from engine.journal import Journal
from engine.packages import Packages
from engine.policy import Policies
from engine.provider import Progress as Reporter
from engine.provider import ProviderError
from engine.redaction import Redactor
from engine.state import ResourceState
from engine.values import shown

CANCELED = "the update was canceled"


class Stop(grpc.RpcError):  # type: ignore[misc]
    """Ends a registration: the error is reported already, so the SDK shuts the program down without a traceback."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNAVAILABLE

    def details(self) -> str:
        return "the deployment has stopped"


@dataclass(frozen=True)
class Change:
    """A step about to be taken; `old` or `new` is missing for a creation or a deletion."""

    op: str
    old: ResourceState | None = None
    new: ResourceState | None = None
    diffs: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def urn(self) -> str:
        state = self.new or self.old
        assert state
        return state.urn


class Deployment:
    """Shared by every thread of a phase; `lock` guards the decisions, never an operation of a provider."""

    def __init__(
        self,
        project: str,
        stack: str,
        preview: bool,
        journal: Journal,
        emit: Callable[[Event], None],
        pending: list[tuple[str, ResourceState]],
    ) -> None:
        self.project, self.stack, self.preview = project, stack, preview
        self.journal, self._emit = journal, emit
        self.lock = threading.RLock()
        self.pending = pending
        self.base = journal.resources()
        self.olds = {resource.urn: resource for resource in self.base if not resource.delete}
        self.news: dict[str, ResourceState] = {}
        self.claimed: set[str] = set()
        self.alias_of: dict[str, str] = {}
        self.consumed: set[int] = set()
        self.condemned: dict[str, tuple[str, ...]] = {}  # deleted early for a dependency's sake -> its replace keys
        self.unfinished: dict[str, Change] = {}  # components that have yet to register their outputs, by URN
        self.counts: Counter[str] = Counter()
        self.errors: list[str] = []
        self.config: dict[str, Any] = {}  # the stack's, secrets sealed
        self.forked = False  # the program asked whether this is a plan, and may do something else when it is none
        self.stopping = threading.Event()
        self.redactor = Redactor()
        for resource in self.base:
            self.redactor.learn([resource.inputs, resource.outputs])
        self.packages = Packages()
        self.hooks = Hooks(preview)
        self.policies_ready: Callable[[], Policies] = lambda: Policies([])

    @cached_property
    def policies(self) -> Policies:
        """The packs that are to be asked; waits until they answer."""
        return self.policies_ready()

    def urn(self, parent: str, type: str, name: str) -> str:  # noqa: A002
        return urns.build(self.stack, self.project, parent, type, name)

    def emit(self, event: Event) -> None:
        self._emit(self.redactor.event(event))

    def error(self, message: str, urn: str = "") -> None:
        """Reports an error; the run will fail, but goes on."""
        self.errors.append(self.redactor.text(message))
        self.emit(Diagnostic("error", urn, message))

    def fail(self, message: str, urn: str = "") -> Stop:
        """Reports an error and lets no further step begin; to be raised by the caller."""
        self.error(message, urn)
        self.stopping.set()
        return Stop()

    def cancel(self) -> None:
        """Lets no further step begin, because someone asked for it."""
        self.error(CANCELED)
        self.stopping.set()

    def progress(self, urn: str) -> Reporter:
        return lambda message, *, runs=None: self.emit(Progress(urn, message, runs))

    @contextlib.contextmanager
    def step(self, change: Change, *, refused: bool = False) -> Iterator[None]:
        """Reports a step from its beginning to its end; what fails in it stops the deployment.

        One that is bound to be `refused` is told even then: people see all that stands in the way at once.
        """
        if self.stopping.is_set() and not refused:
            raise Stop
        self.emit(_started(change))
        began = time.monotonic()
        try:
            yield
        except ProviderError as error:
            message = f"{'Preview failed: ' if self.preview else ''}{error}"
            self.emit(StepFailed(change.op, change.urn, message))
            raise self.fail(message, change.urn) from error
        except EngineError as error:
            raise self.fail(str(error), change.urn) from error
        except Stop:
            raise
        except Exception as error:
            message = f"the provider failed unexpectedly: {where(error)}"
            self.emit(StepFailed(change.op, change.urn, message))
            raise self.fail(message, change.urn) from error
        of_record_alone = change.op == "remove-pending-replace"
        if not of_record_alone and not urns.is_default_provider(change.urn):
            with self.lock:
                self.counts[change.op] += 1
        self.emit(StepDone(change.op, change.urn, time.monotonic() - began))


def _started(change: Change) -> StepStarted:
    if change.op == "same":
        return StepStarted(change.op, change.urn)
    old, new = (state.inputs if state else {} for state in (change.old, change.new))
    return StepStarted(change.op, change.urn, change.diffs, change.keys, shown(old), shown(new))


def where(error: Exception) -> str:
    """The error's type and place; its message is left out, because it may quote a value."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})" if trace else ""
    return f"{type(error).__name__}{place}"
