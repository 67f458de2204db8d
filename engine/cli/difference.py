"""What differs between the inputs before and after, a line for each property at its path."""

import json
from collections.abc import Iterator
from typing import Any, Final

_LONGEST: Final = 120
_INTERNAL: Final = "__"


def lines(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """`+ path: value`, `- path: value` and `~ path: value => value`."""
    before, after = dict(_leaves(old, "")), dict(_leaves(new, ""))
    for path in sorted({*before, *after}):
        if path not in before:
            yield f"+ {path}: {_text(after[path])}"
        elif path not in after:
            yield f"- {path}: {_text(before[path])}"
        elif before[path] != after[path] or "[unknown]" in _text(after[path]):
            yield f"~ {path}: {_text(before[path])} => {_text(after[path])}"


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            if not key.startswith(_INTERNAL):
                yield from _leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def _text(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
