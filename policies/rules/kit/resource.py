"""A resource as the rules see it: wire names, unknowns marked, and which values Pulumi holds to be secret."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from .node import UNKNOWN, Node

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 -- Pulumi's mark on secret values, not one of them
UNKNOWNS: Final = frozenset({
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
})  # fmt: skip


@dataclass(frozen=True)
class Options:
    """The resource options that a policy can see."""

    protect: bool = False
    delete_before_replace: bool = False


@dataclass(frozen=True)
class Resource:
    """One resource of a stack, before it is created or changed.

    `options` is None where they are not known, as in a state file.
    """

    type: str
    name: str
    urn: str
    props: Mapping[str, Any]
    sealed: Mapping[str, Any] = field(default_factory=dict)
    options: Options | None = None
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)  # its outputs, as far as they are known

    @cached_property
    def stack(self) -> str:
        """The name of the stack, which every URN carries."""
        return self.urn.removeprefix("urn:pulumi:").split("::")[0]

    @cached_property
    def root(self) -> Node:
        return Node(self.props, "", self.urn)

    def at(self, dotted: str) -> Node:
        return self.root.at(dotted)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Docker's labels, whether the type lists them as label and value or maps them."""
        return labels(self.at("labels"))

    def made_from(self, name: str) -> Sequence[str]:
        """The URNs of the resources that the property `name` was made from."""
        return self.dependencies.get(name, ())


def labels(node: Node) -> dict[str, str]:
    """The labels listed at `node`."""
    return {item.at("label").text: item.at("value").text for item in node.each()}


def unsealed(value: Any) -> tuple[Any, dict[str, Any]]:
    """`value` in plain form, and the values that were marked secret, by path."""
    sealed: dict[str, Any] = {}
    return _plain(value, "", sealed), sealed


def _plain(value: Any, path: str, sealed: dict[str, Any]) -> Any:
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWNS else value
    if isinstance(value, list):
        return [_plain(item, f"{path}[{index}]", sealed) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == SECRET:
        sealed[path] = plain = _plain(_opened(value), path, {})
        return plain
    prefix = f"{path}." if path else ""
    return {key: _plain(item, prefix + key, sealed) for key, item in value.items() if not key.startswith("__")}


def _opened(secret: Mapping[str, Any]) -> Any:
    """What a marked secret holds: on the wire a value, in a state file JSON text; unknown while it is encrypted."""
    if "value" in secret:
        return secret["value"]
    return json.loads(secret["plaintext"]) if "plaintext" in secret else next(iter(UNKNOWNS))
