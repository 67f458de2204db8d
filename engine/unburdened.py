"""Takes work off the SDK, in the engine's own process, whose results nobody here reads."""

import asyncio
import gc
from functools import cache
from itertools import count
from types import SimpleNamespace
from typing import Any

from pulumi import Resource, log
from pulumi.runtime import resource, resource_cycle_breaker, stack
from pulumi.runtime.proto import source_pb2

from engine import unburdened_values

_YOUNG, _MIDDLE, _OLD = 50_000, 20, 100
"""How many objects may come before the collector looks. A phase makes millions that live until its end."""

_AGE = "_rempart_age"


@cache
def unburden() -> None:
    """Makes the SDK's time linear in the number of resources, once; what a program can observe stays as it is."""
    _leave_call_stacks_out()
    _leave_debug_messages_out()
    unburdened_values.unburden()
    _wait_for_every_output_at_once()
    _look_for_cycles_only_where_there_may_be_one()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


def _leave_call_stacks_out() -> None:
    """The SDK sends the call stack of every registration along; this engine shows none."""
    nothing = source_pb2.StackTrace()
    resource._get_stack_trace = lambda: nothing


def _leave_debug_messages_out() -> None:
    """The SDK tells about each of its own steps; this engine shows no debug messages."""
    log.debug = lambda *_args, **_options: None


def _wait_for_every_output_at_once() -> None:
    """At the end the SDK waits for the first of all outputs to complete, for the first of the others, and so on.

    Each round looks at every output that is left. To wait for the first one that fails, or for all, ends the same way.
    """
    stack.asyncio = SimpleNamespace(**{**vars(asyncio), "FIRST_COMPLETED": asyncio.FIRST_EXCEPTION})  # type: ignore[assignment, attr-defined]


def _look_for_cycles_only_where_there_may_be_one() -> None:
    """Before A depends on B, the SDK walks all that B depends on, to see that A is not there.

    As long as every resource depends on older ones alone, no way leads from an older one to a younger one.
    """
    make, add = Resource.__init__, resource_cycle_breaker._add_dep
    reachable = resource_cycle_breaker._reachable
    ages, towards_younger = count(), []

    def make_with_age(self: Resource, *args: Any, **options: Any) -> None:
        self.__dict__[_AGE] = next(ages)
        make(self, *args, **options)

    def goes_down(younger: Resource, older: Resource) -> bool:
        return int(younger.__dict__.get(_AGE, -1)) > int(older.__dict__.get(_AGE, -1))

    def add_and_look(from_resource: Resource, to_resource: Resource) -> None:
        if not goes_down(from_resource, to_resource):
            towards_younger.append(to_resource)
        add(from_resource, to_resource)

    def reachable_if_it_can_be(from_resource: Resource, to_resource: Resource) -> bool:
        impossible = not towards_younger and goes_down(to_resource, from_resource)
        found: bool = not impossible and reachable(from_resource, to_resource)
        return found

    Resource.__init__ = make_with_age  # type: ignore[method-assign]
    resource_cycle_breaker._add_dep = add_and_look
    resource_cycle_breaker._reachable = reachable_if_it_can_be
