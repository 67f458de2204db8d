"""Where a value can leak: every text of a resource that Docker or Pulumi's state shows in clear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .node import UNKNOWN, Node
from .resource import Resource
from .rule import BUILDER, BUILDS, CONFIG, NETWORK, PLUGIN, PROVIDER, SECRET, TAG, VOLUME, WORKLOADS

SHOWN: Final = frozenset((*WORKLOADS, *BUILDS, NETWORK, VOLUME, CONFIG, SECRET, TAG, PLUGIN, BUILDER, PROVIDER))
"""The types of which everything is shown but what HIDDEN names."""
HIDDEN: Final = {SECRET: frozenset({"data"})}
KEEPERS: Final = "keepers"


def channels(resource: Resource) -> Iterator[Node]:
    """Every known text in `resource` that is shown in clear, keys included; of a generator only its keepers."""
    if resource.type in SHOWN:
        hidden = HIDDEN.get(resource.type, frozenset())
        shown: Any = {name: value for name, value in resource.props.items() if name not in hidden}
        yield from _texts(shown, "", resource.urn)
    else:
        yield from _texts(resource.props.get(KEEPERS), KEEPERS, resource.urn)
    yield Node(resource.name, "the resource's name", resource.urn)


def _texts(value: Any, path: str, owner: str) -> Iterator[Node]:
    if isinstance(value, str):
        yield Node(value, path, owner)
    elif isinstance(value, dict):
        for key, item in value.items():
            below = f"{path}.{key}" if path else str(key)
            yield Node(str(key), path or "a key", owner)
            yield from _texts(item, below, owner)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]", owner)
    elif value is not None and value is not UNKNOWN and not isinstance(value, bool):
        yield Node(str(value), path, owner)
