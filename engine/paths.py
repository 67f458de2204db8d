"""Property paths: `a.b[0]["c"]`, `*` for every element; used by ignoreChanges and replaceOnChanges."""

import copy
import re
from collections.abc import Iterator
from typing import Any

from engine.values import Secret, equal, reveal

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
    """`news` with what is at `path` as it is in `olds`; an element that `olds` lacks is taken out."""
    result: dict[str, Any] = copy.copy(news)
    _reset(result, olds, path)
    return result


def _reset(news: Any, olds: Any, path: Path) -> None:
    head, rest = path[0], path[1:]
    if head == "*":
        keys = range(min(len(news), len(olds))) if isinstance(news, list) else {*news, *olds}
        for key in list(keys):
            _reset(news, olds, (key, *rest))
        return
    old, new = _at(olds, head), _at(news, head)
    if not rest:
        if old is not MISSING:
            _put(news, head, old)
        elif isinstance(news, dict):
            news.pop(head, None)
        return
    old, new = reveal(old) if isinstance(old, Secret) else old, reveal(new) if isinstance(new, Secret) else new
    if isinstance(old, dict | list) and type(new) is type(old):
        inner = copy.copy(new)
        _reset(inner, old, rest)
        _put(news, head, inner)


def _at(value: Any, part: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(part, MISSING)
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return MISSING


def _put(value: Any, part: Any, item: Any) -> None:
    if isinstance(value, dict) or (isinstance(value, list) and part < len(value)):
        value[part] = item


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
