"""Pulumi.<stack>.yaml: plain values, encrypted values, and the salt that they were encrypted with."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from engine import documents, paths
from engine.crypto import Crypter, new_crypter, open_crypter
from engine.errors import ConfigError


@dataclass(frozen=True)
class StackFile:
    """The file at `path`; keys without a namespace are the project's."""

    path: Path
    project: str

    def full(self, key: str) -> str:
        """The key with its namespace."""
        return key if ":" in key else f"{self.project}:{key}"

    def document(self) -> dict[str, Any]:
        """The whole file; empty when there is none. A ConfigError says where it is not YAML."""
        if not self.path.exists():
            return {}
        try:
            found = documents.load(self.path.read_text()) or {}
        except yaml.YAMLError as error:
            raise ConfigError(f"{self.path.name}{documents.fault(error)}") from None
        if not isinstance(found, dict) or not isinstance(found.get("config") or {}, dict):
            raise ConfigError(f"{self.path.name}: must be an object with a `config` object")
        return found

    @property
    def salt(self) -> str | None:
        """What its secrets were encrypted with, if it has any."""
        return self.document().get("encryptionsalt")

    def read(self, passphrase: str) -> tuple[dict[str, Any], frozenset[str]]:
        """The values, decrypted, and the keys of those that hold a secret."""
        document = self.document()
        values = {self.full(str(key)): value for key, value in (document.get("config") or {}).items()}
        secret = frozenset(key for key, value in values.items() if _is_sealed(value))
        if secret:
            if "encryptionsalt" not in document:
                raise ConfigError(f"{self.path.name}: has encrypted values and no encryptionsalt")
            crypter = open_crypter(passphrase, document["encryptionsalt"])
            values |= {key: _opened(values[key], crypter) for key in secret}
        return values, secret

    def set(
        self, key: str, value: str, passphrase: str, *, secret: bool, path: bool = False, salt: str | None = None
    ) -> None:
        """Writes one value, with `path` inside the object at the key; the rest of the file stays, comments included.

        `salt` is the state's, which the file takes over when it has none.
        """
        document = self.document()
        entry: Any = _typed(value) if path else value
        if secret:
            known = document.get("encryptionsalt") or salt
            crypter = open_crypter(passphrase, known) if known else new_crypter(passphrase)
            entry = {"secure": crypter.encrypt(value)}
            if "encryptionsalt" not in document:
                self._write(f"encryptionsalt: {crypter.salt}\n{self._text()}")
        top, *inner = paths.parse(key) if path else (key,)
        self._replace(self.full(str(top)), _placed(self._stored(str(top)), inner, entry) if inner else entry)

    def remove(self, key: str, *, path: bool = False) -> None:
        """Takes one value out."""
        top, *inner = paths.parse(key) if path else (key,)
        stored = self._stored(str(top))
        if paths.lookup(stored, tuple(inner)) in (None, paths.MISSING):
            raise ConfigError(f"configuration key {key!r} not found for stack {self.path.name.split('.')[1]}")
        self._replace(self.full(str(top)), _without(stored, inner) if inner else None)

    def forget_salt(self) -> None:
        """Takes the salt out, unless a value was encrypted with it."""
        document = self.document()
        if "encryptionsalt" in document and not _is_sealed(document.get("config") or {}):
            self._write(re.sub(r"^encryptionsalt:.*\n?", "", self._text(), flags=re.MULTILINE))

    def _stored(self, key: str) -> Any:
        values = self.document().get("config") or {}
        return next((value for known, value in values.items() if self.full(str(known)) == self.full(key)), None)

    def _text(self) -> str:
        return self.path.read_text() if self.path.exists() else ""

    def _replace(self, key: str, entry: Any) -> None:
        block = ""
        if entry is not None:
            dumped = yaml.safe_dump({key: entry}, sort_keys=False, width=10_000)
            block = "".join(f"  {line}\n" for line in dumped.splitlines())
        text = self._text()
        old = re.compile(rf"^  {re.escape(key)}:.*\n(?:(?:    .*|\s*)\n)*", re.MULTILINE)
        if old.search(text):
            text = old.sub(lambda _: block, text, count=1)
        elif re.search(r"^config:", text, re.MULTILINE):
            text = re.sub(r"^config:[^\n]*\n", lambda _: f"config:\n{block}", text, count=1, flags=re.MULTILINE)
        else:
            text += f"config:\n{block}"
        self._write(text)

    def _write(self, text: str) -> None:
        temporary = self.path.with_suffix(".new")
        temporary.write_text(text)
        temporary.replace(self.path)


def _is_sealed(value: Any) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"secure"} or any(_is_sealed(item) for item in value.values())
    return isinstance(value, list) and any(_is_sealed(item) for item in value)


def _opened(value: Any, crypter: Crypter) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"secure"}:
            return crypter.decrypt(str(value["secure"]))
        return {key: _opened(item, crypter) for key, item in value.items()}
    return [_opened(item, crypter) for item in value] if isinstance(value, list) else value


def _typed(value: str) -> Any:
    """A value at a path may be a truth value or a whole number, as with the CLI."""
    if value in ("true", "false"):
        return value == "true"
    return int(value) if re.fullmatch(r"-?(0|[1-9]\d*)", value) else value


def _placed(stored: Any, inner: Sequence[str | int], entry: Any) -> Any:
    """`stored` with `entry` at the path `inner`; objects and lists on the way are made."""
    if not inner:
        return entry
    head, *rest = inner
    if isinstance(head, int):
        items = list(stored) if isinstance(stored, list) else []
        if head > len(items):
            raise ConfigError(f"the list has {len(items)} elements: nothing can be set at {head}")
        old = items[head] if head < len(items) else None
        return [*items[:head], _placed(old, rest, entry), *items[head + 1 :]]
    pairs = dict(stored) if isinstance(stored, Mapping) else {}
    return {**pairs, head: _placed(pairs.get(head), rest, entry)}


def _without(stored: Any, inner: Sequence[Any]) -> Any:
    head, *rest = inner
    items = list(stored) if isinstance(stored, list) else dict(stored)
    if rest:
        items[head] = _without(items[head], rest)
    else:
        del items[head]
    return items
