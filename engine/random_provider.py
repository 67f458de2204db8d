"""The package random: values from the operating system's generator, kept in the state until their inputs change."""

# ruff: noqa: A002, ARG002 - the protocol chose the names, and not every resource needs every one

import base64
import secrets
import string
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bcrypt import bcrypt
from engine.errors import UnsupportedError
from engine.provider import CheckFailure, Diff, Progress, Properties, ProviderError
from engine.values import UNKNOWN, equal, has_unknown

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
_CLASSES = ("special", "upper", "lower", "numeric")
_DRAWN: dict[str, Any] = {
    "lower": True, "minLower": 0, "minNumeric": 0, "minSpecial": 0, "minUpper": 0,
    "number": True, "numeric": True, "special": True, "upper": True,
}  # fmt: skip


@dataclass(frozen=True)
class _Kind:
    """A resource type: its required inputs, the outputs that inputs set or defaults fill, and those it makes."""

    make: Callable[[Properties], tuple[str, Properties]]
    computed: tuple[str, ...]
    required: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    meta: str = ""


class RandomProvider:
    """Every input forces a replacement, but for keepers that are null: a random value is never changed in place."""

    outside = False

    def __init__(self) -> None:
        self.types = frozenset(_KINDS)

    def check(
        self,
        type: str,
        name: str,
        olds: Properties | None,
        news: Properties,
    ) -> tuple[Properties, list[CheckFailure]]:
        kind = _KINDS[type]
        missing = [CheckFailure(key, "Missing required argument") for key in kind.required if news.get(key) is None]
        if news.get("seed"):
            raise UnsupportedError(f"{name}: a seed, which makes a random value predictable,")
        inputs = {key: value for key, value in news.items() if value is not None}
        return inputs, [*missing, *_impossible(type, name, news)]

    def diff(
        self,
        type: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
    ) -> Diff:
        kind = _KINDS[type]
        old, new = _settled(kind, old_inputs), _settled(kind, news)
        changed = tuple(key for key in sorted({*old, *new}) if not equal(old.get(key), new.get(key)))
        kept = "Bytes" not in type and _as_good_as_kept(old_inputs.get("keepers"), news.get("keepers"))
        return Diff(changed, tuple(key for key in changed if not (kept and key == "keepers")))

    def planned(self, type: str, news: Properties, old_outputs: Properties | None) -> Properties:
        kind = _KINDS[type]
        return _settled(kind, news) | dict.fromkeys(kind.computed, UNKNOWN)

    def create(self, type: str, inputs: Properties, progress: Progress) -> tuple[str, Properties]:
        kind = _KINDS[type]
        settled = _settled(kind, inputs)
        id_, made = kind.make(settled)
        return id_, {**settled, **made} if "id" not in kind.computed else {**settled, **made, "id": id_}

    def update(
        self,
        type: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        progress: Progress,
    ) -> Properties:
        """To pick up after a failure, or where empty keepers went: the value stays."""
        kind = _KINDS[type]
        return {key: old_outputs[key] for key in kind.computed if key in old_outputs} | _settled(kind, news)

    def read(
        self,
        type: str,
        id: str,
        inputs: Properties,
        outputs: Properties,
    ) -> tuple[str, Properties, Properties] | None:
        """The state itself is the truth; a value that is only known by its id is taken over from there."""
        if outputs:
            return id, inputs, outputs
        if type not in _IMPORTED:
            raise UnsupportedError(f"reading a {type} by its id")
        return id, {}, _IMPORTED[type](id)

    def delete(self, type: str, id: str, outputs: Properties, progress: Progress) -> None:
        """Nothing exists outside of the state."""

    def find(self, type: str, inputs: Properties) -> str | None:
        return None

    def invoke(self, token: str, args: Properties) -> Properties:
        raise UnsupportedError(f"the function {token}")


def _as_good_as_kept(old: Any, new: Any) -> bool:
    """Whether keepers differ in nothing but what is null, or in being empty; unknown ones count as empty."""
    before, after = ({} if keepers in (None, UNKNOWN) else keepers for keepers in (old, new))
    same = (equal(before[key], value) if key in before else value is None for key, value in after.items())
    return before.keys() <= after.keys() and all(same)


def _settled(kind: _Kind, inputs: Properties) -> Properties:
    """The outputs that inputs and defaults determine."""
    settled = {**kind.defaults, **inputs}
    if "numeric" in settled:
        if inputs.get("number", settled["numeric"]) != settled["numeric"] and "numeric" in inputs:
            reason = "Number and numeric are both configured with different values"
            raise ProviderError(f": {reason} - Number is deprecated, use numeric instead")
        given = inputs.get("numeric", inputs.get("number", True))
        settled |= {"number": given, "numeric": given}
    if kind.meta:
        settled["__meta"] = f'{{"schema_version":"{kind.meta}"}}'
    return settled


def _impossible(type: str, name: str, news: Properties) -> list[CheckFailure]:
    """What is wrong with the inputs of a drawn value, in the plugin's words."""
    drawn = "Password" in type or "String" in type
    if not (drawn or "Bytes" in type) or has_unknown(news):
        return []
    length, least = news.get("length") or 0, ("minUpper", "minLower", "minNumeric", "minSpecial")
    failures = []
    if length < max(1, sum(news.get(key) or 0 for key in least)):
        bound = "1" if length < 1 else "sum of min_upper + min_lower + min_numeric + min_special"
        problem = f"Attribute length value must be at least {bound}, got: {length}"
        failures.append(f"Invalid Attribute Value. {problem}. Examine values at '{name}.length'.")
    if drawn and all(news.get(key) is False for key in _CLASSES):
        problem = f"At least one attribute out of [{','.join(_CLASSES)}] must be specified as true"
        failures.append(f"Invalid Attribute Combination. {problem}. Examine values at '{name}.numeric'.")
    return [CheckFailure("", failure) for failure in failures]


def _text(settled: Properties) -> str:
    """A string that honours the classes of characters and their minimal counts."""
    special = settled.get("overrideSpecial") or _SPECIAL
    classes = [
        (settled["lower"], settled["minLower"], string.ascii_lowercase),
        (settled["upper"], settled["minUpper"], string.ascii_uppercase),
        (settled["numeric"], settled["minNumeric"], string.digits),
        (settled["special"], settled["minSpecial"], special),
    ]
    everything = "".join(letters for wanted, _, letters in classes if wanted)
    drawn = [secrets.choice(letters) for wanted, least, letters in classes if wanted for _ in range(least)]
    drawn += [secrets.choice(everything) for _ in range(settled["length"] - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def _string(settled: Properties) -> tuple[str, Properties]:
    text = _text(settled)
    return text, {"result": text}


def _password(settled: Properties) -> tuple[str, Properties]:
    text = _text(settled)
    return "none", {"result": text, "bcryptHash": bcrypt(text)}


def _bytes(settled: Properties) -> tuple[str, Properties]:
    drawn = secrets.token_bytes(settled["length"])
    return "none", {"base64": base64.b64encode(drawn).decode(), "hex": drawn.hex()}


def _id(settled: Properties) -> tuple[str, Properties]:
    drawn = secrets.token_bytes(settled["byteLength"])
    prefix = settled.get("prefix") or ""
    url = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
    return url, {
        "b64Std": prefix + base64.b64encode(drawn).decode(),
        "b64Url": prefix + url,
        "dec": f"{prefix}{int.from_bytes(drawn)}",
        "hex": prefix + drawn.hex(),
    }


def _integer(settled: Properties) -> tuple[str, Properties]:
    low, high = settled["min"], settled["max"]
    if low > high:
        raise ProviderError(
            "Create Random Integer Error: The minimum (minVal) value needs to be smaller than or equal to maximum "
            "(maxVal) value."
        )
    drawn = low + secrets.randbelow(high - low + 1)
    return str(drawn), {"result": drawn}


def _uuid(settled: Properties) -> tuple[str, Properties]:  # noqa: ARG001
    drawn = str(uuid.uuid4())
    return drawn, {"result": drawn}


def _shuffle(settled: Properties) -> tuple[str, Properties]:
    given = list(settled["inputs"])
    wanted = settled.get("resultCount", len(given))
    results: list[Any] = []
    while given and len(results) < wanted:
        results += secrets.SystemRandom().sample(given, len(given))
    return "-", {"results": results[:wanted]}


_KINDS = {
    "random:index/randomPassword:RandomPassword": _Kind(
        _password, ("id", "result", "bcryptHash"), ("length",), _DRAWN, "3"
    ),
    "random:index/randomString:RandomString": _Kind(_string, ("id", "result"), ("length",), _DRAWN, "2"),
    "random:index/randomBytes:RandomBytes": _Kind(_bytes, ("base64", "hex"), ("length",)),
    "random:index/randomId:RandomId": _Kind(_id, ("id", "b64Std", "b64Url", "dec", "hex"), ("byteLength",)),
    "random:index/randomInteger:RandomInteger": _Kind(_integer, ("id", "result"), ("max", "min")),
    "random:index/randomUuid:RandomUuid": _Kind(_uuid, ("id", "result")),
    "random:index/randomShuffle:RandomShuffle": _Kind(_shuffle, ("id", "results"), ("inputs",)),
}


def _imported_string(id: str) -> Properties:
    return {**_DRAWN, "__meta": '{"schema_version":"2"}', "id": id, "length": len(id), "result": id}


def _imported_uuid(id: str) -> Properties:
    return {"id": id, "result": id}


def _imported_password(id: str) -> Properties:
    fixed = {"__meta": '{"schema_version":"3"}', "id": "none", "length": len(id), "result": id}
    return {**_DRAWN, **fixed, "bcryptHash": bcrypt(id)}


_IMPORTED = {
    "random:index/randomString:RandomString": _imported_string,
    "random:index/randomUuid:RandomUuid": _imported_uuid,
    "random:index/randomPassword:RandomPassword": _imported_password,
}
