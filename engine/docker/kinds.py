"""Kinds of property values: how Docker's API writes them, when two mean the same, and what stands for none."""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from engine.values import UNKNOWN

_UNITS: Final = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")


def nanoseconds(text: str) -> int:
    """A duration as Go writes it ("1m30s"); ValueError for anything else."""
    if text in ("", "0"):
        return 0
    parts = _DURATION.findall(text)
    if "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f'"{text}" is no duration such as "30s" or "1m30s"')
    return sum(round(float(number) * _UNITS[unit]) for number, unit in parts)


def duration(value: int) -> str:
    """Nanoseconds as the real provider writes them: "1m30s", "2m", "500ms"."""
    for unit, size in (("ns", 1), ("us", 10**3), ("ms", 10**6)):
        if 0 < value < size * 1000:
            return f"{value / size:g}{unit}"
    minutes, rest = divmod(value, _UNITS["m"])
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest / 10**9:.9f}".rstrip("0").rstrip(".") + "s" if rest or not (hours or minutes) else ""
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes or (hours and seconds) else "") + seconds


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Kind:
    """`fresh` is none after a creation or a read, `blank` after an update; `canonical` makes values comparable.

    The order of a list means something only when `ordered`.
    """

    blank: Any = ""
    fresh: Any = ""
    encode: Callable[[Any], Any] = _same
    decode: Callable[[Any], Any] = _same
    canonical: Callable[[Any], Any] = _same
    accepts: type | tuple[type, ...] = str
    ordered: bool = True

    def read(self, wire: Any) -> Any:
        return self.fresh if wire is None else self.decode(wire)

    def same(self, old: Any, new: Any) -> bool:
        if new is UNKNOWN or old is UNKNOWN:
            return False
        old, new = (self.blank if value is None else value for value in (old, new))
        return bool(self.canonical(old) == self.canonical(new))

    def complete(self, value: Any, base: Any, fresh: bool) -> Any:  # noqa: ARG002 - blocks complete what they hold
        return value

    def settled(self, value: Any) -> Any:
        """`value` with every set in the order that the real provider's outputs have."""
        return value if self.ordered or not isinstance(value, list) else sorted(value, key=place)

    def defaulted(self, value: Any) -> Any:
        return value

    def problem(self, value: Any) -> str | None:
        """Why `value` cannot be one of this kind, or None."""
        if not isinstance(value, self.accepts):
            return f"cannot be a value of type {type(value).__name__}"
        try:
            self.encode(value)
        except ValueError as error:
            return str(error)
        except (KeyError, TypeError, AttributeError):
            return "is not of the expected form"
        return None


def place(value: Any) -> str:
    """By what a set's elements are sorted: what the real provider's library (cty) writes of one to make its hash."""
    match value:
        case None:
            return "~"
        case bool():
            return "T" if value else "F"
        case list():
            return f"[{''.join(f'{place(item)};' for item in value)}]"
        case dict():
            return f"<{''.join(f'{place(value[key])};' for key in sorted(value))}>"
    return json.dumps(value, ensure_ascii=False)


def one_of(*words: str) -> Kind:
    def encode(value: str) -> str:
        if value not in words:
            raise ValueError(f'"{value}" is none of {", ".join(words)}')
        return value

    return Kind(encode=encode)


def _in_any_order(values: list[Any]) -> list[Any]:
    return sorted(values, key=repr)


def _entries_in_any_order(values: list[dict[str, str]]) -> list[Any]:
    return sorted(sorted(item for item in value.items() if item[0] != "__defaults") for value in values)


@dataclass(frozen=True)
class Entries(Kind):
    """A set of small objects that Docker's API writes as a map or as lines."""

    blank: Any = field(default_factory=list)
    fresh: Any = field(default_factory=list)
    canonical: Callable[[Any], Any] = _entries_in_any_order
    accepts: type | tuple[type, ...] = list
    ordered: bool = False

    def defaulted(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return [{"__defaults": [], **item} if isinstance(item, dict) else item for item in value]

    def complete(self, value: Any, base: Any, fresh: bool) -> Any:  # noqa: ARG002 - as the kind's
        if not isinstance(value, list):
            return value
        return [{k: v for k, v in item.items() if k != "__defaults"} for item in value]


def _pairs(options: list[str]) -> dict[str, str]:
    return {key: value for key, _, value in (option.partition("=") for option in options)}


def _lines(pairs: dict[str, Any]) -> list[str]:
    return [f"{key}={value}" for key, value in sorted(pairs.items())]


def _many(**functions: Any) -> Kind:
    return Kind(blank=[], fresh=[], canonical=_in_any_order, accepts=list, ordered=False, **functions)


TEXT: Final = Kind()
NUMBER: Final = Kind(blank=0, fresh=0, accepts=(int, float))
FLAG: Final = Kind(blank=False, fresh=False, accepts=bool)
DURATION: Final = Kind(encode=nanoseconds, decode=duration, canonical=nanoseconds)
EMPTY_OBJECT: Final = Kind(
    blank=False, fresh=False, encode=lambda on: {} if on else None, decode=lambda _: True, accepts=bool
)
RATIO: Final = Kind(
    blank="0.0", fresh="0.0", encode=float, decode=lambda ratio: f"{ratio:.1f}", canonical=float, accepts=(str, float)
)
TEXTS: Final = Kind(blank=[], fresh=None, accepts=list)
MAP: Final = Kind(blank={}, fresh=None, accepts=dict)
ENVIRONMENT: Final = Kind(blank={}, fresh=None, encode=_lines, decode=_pairs, accepts=dict)
BASE64: Final = Kind(encode=lambda text: b64decode(text, validate=True))
NAMES: Final = _many()
OPTIONS: Final = _many(encode=_pairs, decode=_lines)
LABELS: Final = Entries(
    encode=lambda labels: {item["label"]: item["value"] for item in labels},
    decode=lambda labels: [{"label": key, "value": value} for key, value in sorted(labels.items())],
)
HOSTS: Final = Entries(
    encode=lambda hosts: [f"{item['ip']} {item['host']}" for item in hosts],
    decode=lambda lines: [dict(zip(("ip", "host"), line.split(" ", 1), strict=True)) for line in lines],
)
SPREADS: Final = _many(
    encode=lambda prefs: [{"Spread": {"SpreadDescriptor": pref}} for pref in prefs],
    decode=lambda prefs: [pref["Spread"]["SpreadDescriptor"] for pref in prefs],
)
