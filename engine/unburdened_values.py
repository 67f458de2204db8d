"""The SDK's way of a value, from an input to an output, with what it does again and again for each value done once."""

from asyncio import Future
from collections.abc import Awaitable, Callable
from functools import lru_cache, partial
from typing import Any

from pulumi import Output, Resource, _types
from pulumi._utils import ContextProperty
from pulumi.output import Unknown, _OutputData
from pulumi.runtime import resource, rpc
from pulumi.runtime.settings import SETTINGS

_PROMPT = frozenset({str, int, float, bool, type(None)})
"""The types whose values are neither awaited nor rewritten, and hold nothing."""

_OF_A_TYPE_ALONE = ("unwrap_type", "unwrap_optional_type", "resource_types", "resource_pulumi_to_py_names")
"""What the SDK derives from a type each time anew, and only reads."""

Data = _OutputData[Any]
Deps = set[Resource]


def unburden() -> None:
    """Makes each value cheaper; what a program can observe stays as it is."""
    ContextProperty.__get__ = _read_once  # type: ignore[assignment, method-assign]
    Output._track = _track_what_may_fail  # type: ignore[method-assign]
    replaced: dict[Any, dict[str, Callable[[Any], Any]]] = {
        rpc: {
            "contains_unknowns": lambda _: _contains_unknowns,
            "serialize_property": _at_once_where_prompt,
            "transfer_properties": lambda _: _transfer,
        },
        resource: {"create_urn": _at_once_where_known},
        _types: dict.fromkeys(_OF_A_TYPE_ALONE, lru_cache(maxsize=None)),
    }
    for module, functions in replaced.items():
        for name, made_of in functions.items():
            setattr(module, name, made_of(getattr(module, name)))


def _read_once(self: ContextProperty, of: object, _owner: object) -> Any:
    """The SDK reads a setting twice, and has more than fifty settings read for each resource."""
    value = self._data.get(self._ContextProperty__default)  # type: ignore[attr-defined]
    return self if of is None or isinstance(value, dict) else value


def _contains_unknowns(value: Any, seen: set[int] | None = None) -> bool:
    """The SDK makes two functions and a set, each holding another, for whatever is looked through, a number too."""
    if isinstance(value, Unknown):
        return True
    if not isinstance(value, dict | list):
        return False
    seen = set() if seen is None else seen
    if id(value) in seen:
        return False
    seen.add(id(value))
    return any(_contains_unknowns(item, seen) for item in (value.values() if isinstance(value, dict) else value))


def _at_once_where_prompt(serialize: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def serialize_property(value: Any, *args: Any, return_protobuf_value: bool = False, **options: Any) -> Any:
        if type(value) in _PROMPT and not return_protobuf_value:
            return value
        return await serialize(value, *args, return_protobuf_value=return_protobuf_value, **options)

    return serialize_property


def _transfer(res: Resource, props: Any, custom: bool) -> dict[str, rpc.Resolver]:
    """The outputs that a resource will have; each waits for one future instead of four and a task."""
    resolvers: dict[str, rpc.Resolver] = {}
    for name in props:
        if name != "urn" and not (name == "id" and custom):
            data: Future[Data] = Future()
            resolvers[name] = partial(_resolve, res, data)
            res.__dict__[name] = Output._from_data(data)
    return resolvers


def _resolve(
    res: Resource, data: "Future[Data]", value: Any, known: bool, secret: bool, deps: Deps | None, failed: Any
) -> None:
    if failed is None:
        data.set_result(_OutputData(resources={*(deps or ()), res}, value=value, is_known=known, is_secret=secret))
    else:
        data.set_exception(failed)


def _track_what_may_fail(self: "Output[Any]") -> None:
    """The SDK waits in the end for the outputs that are not there yet; one that is there needs no waiting."""
    data = self._data
    if data.done() and not data.cancelled() and data.exception() is None:
        return
    with SETTINGS.lock:
        SETTINGS.outputs.add(data)
    data.add_done_callback(_untrack)


def _untrack(data: "Future[Data]") -> None:
    if not data.cancelled() and data.exception() is None:
        with SETTINGS.lock:
            SETTINGS.outputs.discard(data)


def _at_once_where_known(create: Callable[..., "Output[str]"]) -> Callable[..., "Output[str]"]:
    """The SDK computes an URN for each registration, for the case that there is no engine; in six steps of its loop."""

    def create_urn(name: Any, type_: Any, parent: Any = None, *rest: Any, **options: Any) -> "Output[str]":
        if all(type(each) is str for each in (name, type_, parent)):
            return Output.from_input(f"{parent[: parent.rfind('::')]}${type_}::{name}")
        return create(name, type_, parent, *rest, **options)

    return create_urn
