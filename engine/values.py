"""Property values: plain JSON values, `Secret` and `UNKNOWN`, and their form on the wire."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from google.protobuf.struct_pb2 import NULL_VALUE, Struct, Value

from engine.errors import UnsupportedError

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's public mark of a secret
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
SECRET_MARK: Final = "[secret]"  # noqa: S105 - what is shown in its place
UNKNOWN_MARK: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_EXACT_BELOW: Final = 2**53
_EXPONENT_FROM: Final = 1e21  # numbers that JSON then tells with an exponent


class _Unknown:
    """A value that only a real step will tell; it differs from everything, itself included, in a diff."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> "_Unknown":
        return self

    def __deepcopy__(self, memo: object) -> "_Unknown":
        return self


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted in the state and never printed. Secrets do not nest."""

    value: Any = field(repr=False)


def sealed(value: Any) -> Secret:
    """`value` as one secret, with the secrets inside it opened."""
    return Secret(reveal(value))


def rewrite(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """`value` rebuilt with `leaf` applied to all that is neither a dict nor a list."""
    if isinstance(value, dict):
        return {key: rewrite(item, leaf) for key, item in value.items()}
    if isinstance(value, list):
        return [rewrite(item, leaf) for item in value]
    return leaf(value)


def reveal(value: Any) -> Any:
    """`value` without any secret mark, at any depth."""
    if isinstance(value, dict):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reveal(item) for item in value]
    return reveal(value.value) if isinstance(value, Secret) else value


def holds(value: Any, kind: type) -> bool:
    """Whether an instance of `kind` is anywhere in `value`."""
    if isinstance(value, kind):
        return True
    if isinstance(value, Secret):
        return holds(value.value, kind)
    if isinstance(value, dict):
        return any(holds(item, kind) for item in value.values())
    return isinstance(value, list) and any(holds(item, kind) for item in value)


def has_unknown(value: Any) -> bool:
    return holds(value, _Unknown)


def has_secret(value: Any) -> bool:
    return holds(value, Secret)


def taint(outputs: Any, inputs: Any) -> Any:
    """`outputs` with a secret mark wherever `inputs` has one at the same place; a list that holds one is sealed."""
    if isinstance(outputs, dict) and isinstance(inputs, dict):
        return {key: taint(item, inputs[key]) if key in inputs else item for key, item in outputs.items()}
    return sealed(outputs) if has_secret(inputs) else outputs


def seal_named(outputs: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """`outputs` with the top-level properties `names` sealed."""
    chosen = set(names)
    return {key: sealed(value) if key in chosen else value for key, value in outputs.items()}


def shown(value: Any) -> Any:
    """`value` fit to be displayed: nothing secret in it, and nothing unknown."""

    def leaf(item: Any) -> Any:
        return SECRET_MARK if isinstance(item, Secret) else "[unknown]" if item is UNKNOWN else item

    return rewrite(value, leaf)


def equal(old: Any, new: Any) -> bool:
    """Whether two values are the same once secrets are opened; an unknown equals nothing."""
    return bool(reveal(old) == reveal(new)) and not has_unknown(old) and not has_unknown(new)


def from_wire(wire: Struct | Value) -> Any:
    """A protobuf Struct or Value as Python; whole doubles become int, nested secrets are flattened."""
    if isinstance(wire, Struct):
        return _object_from_wire(wire.fields)
    kind = wire.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if wire.string_value == UNKNOWN_MARK else wire.string_value
    if kind == "struct_value":
        return _object_from_wire(wire.struct_value.fields)
    if kind == "list_value":
        return [from_wire(item) for item in wire.list_value.values]
    if kind == "number_value":
        return _number(wire.number_value)
    return wire.bool_value if kind == "bool_value" else None


def _number(value: float) -> int | float:
    """A whole double as an int, in the fewest digits that read back as it, which is how the CLI writes it."""
    if not value.is_integer() or abs(value) >= _EXPONENT_FROM:
        return value
    return int(value) if abs(value) < _EXACT_BELOW else int(Decimal(repr(value)))


def _object_from_wire(fields: Mapping[str, Value]) -> Any:
    if SIGNATURE in fields:
        signature = fields[SIGNATURE].string_value
        if signature == SECRET:
            return sealed(from_wire(fields["value"]))
        if signature == ARCHIVE:
            raise UnsupportedError("an archive")
        if signature == ASSET:
            return _with_hash({key: from_wire(item) for key, item in fields.items()})
        if signature == RESOURCE:
            return {"packageVersion": "", **{key: from_wire(item) for key, item in fields.items()}}
    return {key: from_wire(item) for key, item in fields.items()}


def _with_hash(asset: dict[str, Any]) -> dict[str, Any]:
    if not asset.get("hash"):
        text = asset.get("text")
        content = text.encode() if isinstance(text, str) else Path(asset["path"]).read_bytes()
        asset["hash"] = hashlib.sha256(content).hexdigest()
    return asset


def to_wire(value: Mapping[str, Any], *, secrets: bool = True, unknowns: bool = True) -> Struct:
    """A dict as a protobuf Struct; without `secrets` they go in the clear, without `unknowns` they are left out."""
    wire = Struct()
    for key, item in value.items():
        if unknowns or not has_unknown(item):
            _fill(wire.fields[key], item, secrets)
    return wire


def _fill(wire: Value, value: Any, secrets: bool) -> None:
    if isinstance(value, str):
        wire.string_value = value
    elif isinstance(value, dict):
        wire.struct_value.SetInParent()
        fields = wire.struct_value.fields
        for key, item in value.items():
            _fill(fields[key], item, secrets)
    elif isinstance(value, list):
        wire.list_value.SetInParent()
        items = wire.list_value.values
        for item in value:
            _fill(items.add(), item, secrets)
    elif isinstance(value, Secret):
        if secrets:
            wire.struct_value.fields[SIGNATURE].string_value = SECRET
            wire = wire.struct_value.fields["value"]
        _fill(wire, value.value, secrets)
    else:
        _fill_leaf(wire, value)


def _fill_leaf(wire: Value, value: Any) -> None:
    if value is None:
        wire.null_value = NULL_VALUE
    elif value is UNKNOWN:
        wire.string_value = UNKNOWN_MARK
    elif isinstance(value, bool):
        wire.bool_value = value
    elif isinstance(value, int | float):
        wire.number_value = value
    else:
        raise TypeError(f"no property value: {type(value).__name__}")
