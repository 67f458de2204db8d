"""Takes work off the SDK, in the engine's own process, whose results nobody here reads."""

import asyncio
import gc
from types import SimpleNamespace

from pulumi.runtime import resource, stack
from pulumi.runtime.proto import source_pb2

_YOUNG, _MIDDLE, _OLD = 50_000, 20, 100
"""How many objects may come before the collector looks. A phase makes millions that live until its end."""


def unburden() -> None:
    """Makes the SDK's time linear in the number of resources; what a program can observe stays as it is."""
    _leave_call_stacks_out()
    _wait_for_every_output_at_once()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


def _leave_call_stacks_out() -> None:
    """The SDK sends the call stack of every registration along; this engine shows none."""
    nothing = source_pb2.StackTrace()
    resource._get_stack_trace = lambda: nothing


def _wait_for_every_output_at_once() -> None:
    """At the end the SDK waits for the first of all outputs to complete, for the first of the others, and so on.

    Each round looks at every output that is left. To wait for the first one that fails, or for all, ends the same way.
    """
    stack.asyncio = SimpleNamespace(**{**vars(asyncio), "FIRST_COMPLETED": asyncio.FIRST_EXCEPTION})  # type: ignore[assignment, attr-defined]
