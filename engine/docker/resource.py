"""What every Docker resource does in the same way: names, defaults, differences, normal form."""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from engine.docker.block import Block, Change
from engine.docker.client import Engine, Gone
from engine.provider import CheckFailure, Diff, Progress, Properties, ProviderError
from engine.values import UNKNOWN


class Resource:
    """One type of Docker object, described by `schema`; `extra` are outputs that no input names."""

    schema: ClassVar[Block]
    extra: ClassVar[Properties] = {}
    told: ClassVar[tuple[str, ...]] = ("id",)  # outputs that only a real step tells
    in_place: ClassVar[bool] = False

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def check(self, name: str, olds: Properties | None, news: Properties) -> tuple[Properties, list[CheckFailure]]:
        failures = [CheckFailure(path, reason) for path, reason in self.schema.problems(news)]
        filled = self.schema.defaulted(news)
        if news.get("name") is None:
            kept = olds is not None and "name" in olds.get("__defaults", ()) and olds.get("name")
            filled["name"] = kept or f"{name}-{secrets.token_hex(4)[:7]}"
            filled["__defaults"] = sorted({*filled["__defaults"], "name"})
        return {key: filled[key] for key in sorted(filled)}, failures

    def diff(self, old_outputs: Properties, news: Properties) -> Diff:
        changes = {
            item.name: item.change(old_outputs.get(item.name), news.get(item.name)) for item in self.schema.fields
        }
        changed = tuple(sorted(name for name, change in changes.items() if change))
        forcing = (Change.REPLACE,) if self.in_place else (Change.UPDATE, Change.REPLACE)
        replaces = tuple(name for name in changed if changes[name] in forcing)
        named_by_user = "name" not in news.get("__defaults", ())
        return Diff(changed, replaces, delete_before_replace=bool(replaces) and named_by_user)

    def planned(self, news: Properties, old_outputs: Properties | None) -> Properties:
        told = {key: UNKNOWN if old_outputs is None else old_outputs.get(key) for key in self.told}
        base = UNKNOWN if old_outputs is None else old_outputs
        return {**self.extra, **self.schema.complete(news, base, fresh=old_outputs is None), **told}

    def outputs(self, ref: str, given: Properties, actual: Properties, *, fresh: bool) -> Properties:
        """The normal form after a step: what was asked for, and what Docker decided where nothing was."""
        told = {key: actual[key] for key in self.told if key in actual}
        return {**self.extra, **self.schema.settled(self.schema.complete(given, actual, fresh)), **told, "id": ref}

    def read(self, ref: str, inputs: Properties, outputs: Properties) -> tuple[str, Properties, Properties] | None:
        """What is there now, in the spelling of inputs and outputs where both mean the same."""
        try:
            found, actual = self.inspect(ref)
        except Gone:
            return None
        if not outputs:
            outputs = self.outputs(found, inputs, actual, fresh=True)
        told = {key: actual[key] for key in self.told if key in actual}
        now = {**outputs, **_reconciled(self.schema, outputs, actual), **told, "id": found}
        return found, _followed(self.schema, inputs, now), now

    def inspect(self, ref: str) -> tuple[str, Properties]:
        """The id and the properties that Docker tells; `Gone` when there is none."""
        raise NotImplementedError

    def create(self, inputs: Properties, progress: Progress) -> tuple[str, Properties]:
        raise NotImplementedError

    def update(self, ref: str, old_outputs: Properties, news: Properties, progress: Progress) -> Properties:
        raise NotImplementedError

    def delete(self, ref: str, outputs: Properties, progress: Progress) -> None:
        raise NotImplementedError

    def find(self, inputs: Properties) -> str | None:
        try:
            found, actual = self.inspect(inputs["name"])
        except Gone:
            return None
        return found if actual["name"] == inputs["name"] else None


def _reconciled(schema: Block, old: Properties, actual: Properties) -> Properties:
    """`actual`, but as `old` spells it wherever it is the same; properties that Docker does not tell stay."""
    result: Properties = {}
    for item in schema.fields:
        was, now = old.get(item.name), actual.get(item.name)
        if not item.path or item.name not in actual or item.kind.same(now, was):
            result[item.name] = was
        elif isinstance(item.kind, Block) and isinstance(was, dict) and isinstance(now, dict):
            result[item.name] = _reconciled(item.kind, was, now)
        else:
            result[item.name] = now
    return result


def _followed(schema: Block, inputs: Properties, outputs: Properties) -> Properties:
    """`inputs` with what has drifted taken over, so that the state says what is there."""
    kinds = {item.name: item.kind for item in schema.fields}
    result: Properties = {}
    for key, given in inputs.items():
        kind, now = kinds.get(key), outputs.get(key)
        if isinstance(kind, Block) and isinstance(given, dict) and isinstance(now, dict):
            result[key] = _followed(kind, given, now)
        else:
            result[key] = given if kind is None or given is None or kind.same(now, given) else now
    return result


def patiently(attempt: Callable[[], Any], while_saying: str, seconds: float = 30) -> Any:
    """Repeats `attempt` as long as it fails with a message that matches, then lets the failure out."""
    until = time.monotonic() + seconds
    for pause in _pauses():
        try:
            return attempt()
        except ProviderError as error:
            if not re.search(while_saying, str(error)) or time.monotonic() > until:
                raise
            time.sleep(pause)
    raise AssertionError("the pauses never end")


def _pauses() -> Iterator[float]:
    pause = 0.1
    while True:
        yield pause
        pause = min(pause * 1.5, 0.5)
