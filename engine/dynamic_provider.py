"""Dynamic providers: the program's own Python classes, pickled into the resource, run in this process."""

# ruff: noqa: A002, ARG002 - the protocol chose the names, and not every resource needs every one

import asyncio
import base64
import threading
import traceback
from collections.abc import Callable
from typing import Any

import dill
from pulumi.dynamic import ResourceProvider
from pulumi.output import UNKNOWN as SDK_UNKNOWN
from pulumi.runtime import rpc
from pulumi.runtime.config import CONFIG

from engine.errors import UnsupportedError
from engine.provider import CheckFailure, Diff, Progress, Properties, ProviderError
from engine.values import UNKNOWN, equal, from_wire

KEY = "__provider"


class DynamicProvider:
    """Calls the methods of the pickled provider; what they raise is shown with its traceback, as the CLI does."""

    types: frozenset[str] = frozenset()
    outside = True

    def __init__(self) -> None:
        self._cache: dict[str, ResourceProvider] = {}
        self._lock = threading.Lock()

    def check(
        self,
        type: str,
        name: str,
        olds: Properties | None,
        news: Properties,
    ) -> tuple[Properties, list[CheckFailure]]:
        result = self._call(news, lambda provider: provider.check(_given(olds or {}), _given(news)))
        inputs = {**_plain(result.inputs), KEY: news[KEY]}
        return inputs, [CheckFailure(failure.property, failure.reason) for failure in result.failures or ()]

    def diff(
        self,
        type: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
    ) -> Diff:
        result = self._call(news, lambda provider: provider.diff(id, _given(old_outputs), _given(news)))
        replaces = tuple(result.replaces or ())
        if result.changes is None:
            changed = tuple(k for k in sorted({*old_inputs, *news}) if not equal(old_inputs.get(k), news.get(k)))
            return Diff(changed, replaces, bool(result.delete_before_replace))
        return Diff((), replaces, bool(result.delete_before_replace), unnamed=bool(result.changes))

    def planned(self, type: str, news: Properties, old_outputs: Properties | None) -> Properties:
        return dict(news) if old_outputs is not None else {}

    def create(self, type: str, inputs: Properties, progress: Progress) -> tuple[str, Properties]:
        result = self._call(inputs, lambda provider: provider.create(_given(inputs)))
        return result.id, {**_plain(result.outs or {}), KEY: inputs[KEY]}

    def update(
        self,
        type: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        progress: Progress,
    ) -> Properties:
        result = self._call(news, lambda provider: provider.update(id, _given(old_outputs), _given(news)))
        return {**_plain(result.outs or {}), KEY: news[KEY]}

    def read(
        self,
        type: str,
        id: str,
        inputs: Properties,
        outputs: Properties,
    ) -> tuple[str, Properties, Properties] | None:
        props = outputs or inputs
        result = self._call(props, lambda provider: provider.read(id, _given(props)))
        if not result.id:
            return None
        read_inputs = {**_plain(result.inputs), KEY: props[KEY]} if result.inputs is not None else inputs
        return result.id, read_inputs, {**_plain(result.outs or {}), KEY: props[KEY]}

    def delete(self, type: str, id: str, outputs: Properties, progress: Progress) -> None:
        self._call(outputs, lambda provider: provider.delete(id, _given(outputs)))

    def find(self, type: str, inputs: Properties) -> str | None:
        return None

    def invoke(self, token: str, args: Properties) -> Properties:
        raise UnsupportedError(f"the function {token}")

    def _call(self, props: Properties, method: Callable[[ResourceProvider], Any]) -> Any:
        try:
            return method(self._load(props[KEY]))
        except Exception as error:
            raise ProviderError(traceback.format_exc()) from error

    def _load(self, pickled: str) -> ResourceProvider:
        with self._lock:
            if pickled not in self._cache:
                provider = dill.loads(base64.b64decode(pickled))  # noqa: S301 - it is the program's own class
                provider.configure(_configuration())
                self._cache[pickled] = provider
            return self._cache[pickled]


def _configuration() -> Any:
    from pulumi.dynamic import Config, ConfigureRequest  # noqa: PLC0415
    from pulumi.runtime.settings import get_project  # noqa: PLC0415

    return ConfigureRequest(config=Config(raw_config=dict(CONFIG.get() or {}), project_name=get_project()))


def _given(props: Properties) -> Properties:
    """`props` as the SDK hands them over: with its own unknown, and without properties that are none."""
    result: Properties = _handed(props)
    return result


def _handed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _handed(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_handed(item) for item in value]
    return SDK_UNKNOWN if value is UNKNOWN else value


def _plain(props: Any) -> Properties:
    """What a method returned, as property values."""
    loop = asyncio.new_event_loop()
    try:
        wire = loop.run_until_complete(rpc.serialize_properties(dict(props), {}))
    finally:
        loop.close()
    result: Properties = from_wire(wire)
    return result
