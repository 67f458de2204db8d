"""Reading a specification without overlooking anything in it."""

from collections.abc import Mapping
from typing import Any


class UntranslatedError(Exception):
    """A setting that has no counterpart: a comparison without it would be none."""


class Given:
    """A specification's settings, each to be taken once; at the end of the ``with`` block none may be left."""

    def __init__(self, settings: Mapping[str, Any] | None, path: str) -> None:
        self._left = {key: value for key, value in (settings or {}).items() if not key.startswith("__")}
        self.path = path

    def __enter__(self) -> "Given":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        left = sorted(key for key, value in self._left.items() if value not in (None, [], {}, ""))
        if left and kind is None:
            raise UntranslatedError(f"{self.path}: no counterpart for {', '.join(left)}")

    def take(self, key: str) -> Any:
        """The setting `key`; None where it is not given."""
        return self._left.pop(key, None)

    def group(self, key: str) -> "Given":
        """The settings in the group `key`."""
        return Given(self.take(key), f"{self.path}.{key}")

    def groups(self, key: str) -> "list[Given]":
        """The settings of each of the groups at `key`."""
        return [Given(each, f"{self.path}.{key}") for each in self.take(key) or ()]

    def labels(self) -> dict[str, str]:
        """The labels."""
        found = {}
        for each in self.groups("labels"):
            with each:
                found[each.take("label")] = each.take("value")
        return found

    def drop(self, *keys: str) -> None:
        """Leave these out, on purpose."""
        for key in keys:
            self.take(key)

    def present(self, **names: str) -> dict[str, Any]:
        """The settings by new names (``new="old"``), without those that are not given."""
        found = {new: self.take(old) for new, old in names.items()}
        return {new: value for new, value in found.items() if value not in (None, [], {})}
