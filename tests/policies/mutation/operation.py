"""The ways in which a field is made unsafe.

    set VALUE          the field holds VALUE
    drop               the field is left out
    append VALUE       the list holds VALUE too
    new VALUE          the list that the field's parent is in holds VALUE too
    put {KEY: VALUE}   the map holds these too
    put_in {KEY: ..}   the resource's properties hold these too
    without LABEL      the label is left out
    text [PATTERN, TEXT]   what matches in the text, plain or in base64, reads TEXT
    line TEXT          the text in base64 ends with TEXT

An operation that changes nothing, or has nothing to change, makes no mutant.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Any

Props = dict[str, Any]
Change = tuple[str, Props]  # where, and the properties afterwards


def _copied(value: Any) -> Any:
    """A copy whose leaves are the same: the mark for what is unknown is one object."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _apart(props: Props, path: str) -> Props:
    """A copy in which what the path leads into may be changed; the rest is shared, and stays as it is."""
    first = re.split(r"[.\[]", path, maxsplit=1)[0]
    return {**props, first: _copied(props[first])} if first in props else dict(props)


def _parents(props: Props, path: str, *, make: bool = True) -> Iterator[tuple[str, Any, str]]:
    """The place (where, holder, key) of the field in each element of the lists on its way; makes no list's parts."""
    step, _, rest = path.partition(".")
    name = step.removesuffix("[]")
    if not rest:
        yield name, props, name
        return
    if step.endswith("[]"):
        held = props.get(name)
        for at, item in enumerate(held if isinstance(held, list) else ()):
            yield from (
                (f"{name}[{at}].{where}", holder, key) for where, holder, key in _parents(item, rest, make=False)
            )
    else:
        inside = props.setdefault(name, {}) if make else props.get(name)
        if isinstance(inside, dict):
            yield from ((f"{name}.{where}", holder, key) for where, holder, key in _parents(inside, rest, make=make))


def _rewritten(value: Any, pattern: str, text: str) -> Any:
    return re.sub(pattern, text, value) if isinstance(value, str) else value


def _in_base64(value: Any, change: Callable[[str], str]) -> Any:
    try:
        return base64.b64encode(change(base64.b64decode(value, validate=True).decode()).encode()).decode()
    except (binascii.Error, TypeError, ValueError):
        return value


def _text(holder: Any, key: str, operand: Any) -> Iterator[str]:
    """Rewrites the field, or each value of the map in turn."""
    pattern, text = operand
    held = holder.get(key)
    if isinstance(held, dict):
        for name, value in sorted(held.items()):
            held[name] = _rewritten(value, pattern, text)
            yield name
            held[name] = value
    elif key == "data":
        holder[key] = _in_base64(held, lambda known: re.sub(pattern, text, known))
        yield ""
    else:
        holder[key] = _rewritten(held, pattern, text)
        yield ""


def _once(change: Callable[[Any, str, Any], None]) -> Callable[[Any, str, Any], Iterator[str]]:
    def apply(holder: Any, key: str, operand: Any) -> Iterator[str]:
        change(holder, key, operand)
        yield ""

    return apply


def _set(holder: Any, key: str, operand: Any) -> None:
    holder[key] = _copied(operand)


def _drop(holder: Any, key: str, _operand: Any) -> None:
    holder.pop(key, None)


def _append(holder: Any, key: str, operand: Any) -> None:
    holder[key] = [*(holder.get(key) or []), _copied(operand)]


def _put(holder: Any, key: str, operand: Any) -> None:
    holder[key] = (holder.get(key) or {}) | operand


def _without(holder: Any, key: str, operand: Any) -> None:
    holder[key] = [item for item in holder.get(key) or () if item.get("label") != operand]


def _line(holder: Any, key: str, operand: Any) -> None:
    holder[key] = _in_base64(holder.get(key), lambda known: f"{known.rstrip()}\n{operand}\n")


APPLY: dict[str, Callable[[Any, str, Any], Iterator[str]]] = {
    "set": _once(_set),
    "drop": _once(_drop),
    "append": _once(_append),
    "put": _once(_put),
    "without": _once(_without),
    "line": _once(_line),
    "text": _text,
}


def changed(props: Props, path: str, name: str, operand: Any, held: Any = None) -> Iterator[Change]:
    """Each way in which the operation changes the field; with `held`, only where the field holds that."""
    if name == "put_in":
        yield from _different(props, [(path, props | operand)])
        return
    if name == "new":
        parent = path.rpartition("[]")[0]
        name, path = "append", re.sub(r"\[\].*", "", parent) if "[]" in parent else parent
    places = [where for where, _, _ in _parents(_apart(props, path), path)]
    for at, where in enumerate(places):
        mutant = _apart(props, path)
        holder, key = list(_parents(mutant, path))[at][1:]
        if held is not None and holder.get(key) != held:
            continue
        for inside in APPLY[name](holder, key, operand):
            made = _apart(mutant, path) if name == "text" else mutant  # a text is rewritten again elsewhere
            yield from _different(props, [(f"{where}.{inside}" if inside else where, made)])


def _different(props: Props, changes: list[Change]) -> Iterator[Change]:
    yield from (it for it in changes if not _same(it[1], props))


def _same(one: Any, other: Any) -> bool:
    """Whether both say the same: an empty object that was made on the way to a field says nothing."""
    if one == other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_same(one.get(key, {}), other.get(key, {})) for key in one.keys() | other.keys())
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return all(map(_same, one, other))
    return False
