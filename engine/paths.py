"""Property paths: `a.b[0]["c"]`, `*` for every element; used by ignoreChanges and replaceOnChanges."""

import copy
import re
from collections.abc import Iterator
from typing import Any

from engine.values import Secret, equal, reveal, sealed

_PART = re.compile(r"""\.?([^.\[\]"]+)|\[(\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]""")
MISSING = object()

Path = tuple[str | int, ...]


def parse(text: str) -> Path:
    """The path that `text` writes; an unparsable one is a single name."""
    parts: list[str | int] = []
    position = 0
    while position < len(text):
        match = _PART.match(text, position)
        if not match:
            return (text,)
        name, index, quoted = match.groups()
        parts.append(int(index) if index and index != "*" else index or name or quoted.replace('\\"', '"'))
        position = match.end()
    return tuple(parts)


def reset(news: dict[str, Any], olds: dict[str, Any], path: Path) -> dict[str, Any]:
    """`news` with what is at `path` as it is in `olds`, secret where it is so in one of them.

    A property that `olds` lacks is taken out. An element that only one of two lists has stays as it is.
    """
    result: dict[str, Any] = _reset(news, olds, path)
    return result


def _reset(new: Any, old: Any, path: Path) -> Any:
    if isinstance(new, Secret):
        return sealed(_reset(new.value, reveal(old), path))
    if isinstance(old, Secret):
        old = _sealed_inside(old.value)
    head, rest = path[0], path[1:]
    result = copy.copy(new)
    for key in _reached(new, old, head, last=not rest):
        before = _at(old, key)
        if rest:
            result[key] = _reset(result[key], before, rest)
        elif before is MISSING:
            del result[key]
        else:
            result[key] = before
    return result


def _sealed_inside(value: Any) -> Any:
    """A secret's value with the mark on each of its elements instead."""
    if isinstance(value, dict):
        return {key: sealed(item) for key, item in value.items()}
    return [sealed(item) for item in value] if isinstance(value, list) else value


def _reached(new: Any, old: Any, part: str | int, *, last: bool) -> list[Any]:
    """The keys or indices of `new` that `part` of a path means, where it can be followed in both."""
    if isinstance(new, list) and isinstance(old, list):
        both = range(min(len(new), len(old)))
        return list(both) if part == "*" else [part] if part in both else []
    before = old if isinstance(old, dict) else {}
    if not isinstance(new, dict) or (before is not old and (part == "*" or not last)):
        return []
    if part == "*":
        return list({*before, *new} if last else before.keys() & new.keys())
    return [part] if part in new or (last and part in before) else []


def _at(value: Any, part: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(part, MISSING)
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return MISSING


def lookup(value: Any, path: Path) -> Any:
    """What is at `path` in `value`, with secrets opened, or MISSING; a `*` ends the path."""
    for part in path:
        if part == "*":
            break
        value = _at(reveal(value) if isinstance(value, Secret) else value, part)
    return reveal(value)


def covers(pattern: Path, path: Path) -> bool:
    """Whether `path` is what `pattern` names, or inside of it."""
    return len(path) >= len(pattern) and all(part in ("*", other) for part, other in zip(pattern, path, strict=False))


def changed(old: Any, new: Any, at: Path = ()) -> Iterator[Path]:
    """The paths at which two values differ, each as deep as both have something there."""
    old, new = (value.value if isinstance(value, Secret) else value for value in (old, new))
    keys: list[str | int] = []
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted({*old, *new})
    elif isinstance(old, list) and isinstance(new, list):
        keys = list(range(max(len(old), len(new))))
    elif not equal(old, new):
        yield at
    for key in keys:
        before, after = _at(old, key), _at(new, key)
        if before is MISSING or after is MISSING:
            yield (*at, key)
        else:
            yield from changed(before, after, (*at, key))
