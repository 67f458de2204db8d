"""The file backend's layout: where a stack's state, lock and history are, and how its checkpoint is read."""

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from engine.crypto import Crypter, new_crypter, open_crypter
from engine.errors import EngineError, StateError
from engine.state import ResourceState

HOOKS: Final = "hooks"
"""What a checkpoint may need its reader to know, since version 4."""


@dataclass(frozen=True)
class Location:
    """A stack in the file backend at `root` (the directory that holds `.pulumi`)."""

    root: Path
    project: str
    stack: str

    @property
    def state(self) -> Path:
        return self.root / ".pulumi/stacks" / self.project / f"{self.stack}.json"

    @property
    def locks(self) -> Path:
        return self.root / ".pulumi/locks/organization" / self.project / self.stack

    @property
    def history(self) -> Path:
        return self.root / ".pulumi/history" / self.project / self.stack

    @property
    def qualified(self) -> str:
        return f"organization/{self.project}/{self.stack}"

    def prepare(self) -> None:
        """Makes the folders; the state is private to the user who makes it."""
        for folder in (self.state.parent, self.locks, self.history):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        meta = self.root / ".pulumi/meta.yaml"
        if not meta.exists():
            replace(meta, b"version: 1\n")


@dataclass
class Checkpoint:
    """A stack's resources, each after all that it uses, and the operations that were under way."""

    crypter: Crypter
    resources: list[ResourceState] = field(default_factory=list)
    pending: list[tuple[str, ResourceState]] = field(default_factory=list)


def read_raw(location: Location) -> dict[str, Any] | None:
    """The checkpoint as JSON, None when the stack has none; a StateError when it is not a whole one of this stack."""
    try:
        text = location.state.read_text()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StateError(f"the state {location.state} cannot be read: {error}") from error
    try:
        document = json.loads(text)
        version, checkpoint = document["version"], document["checkpoint"]
        named = checkpoint["stack"]
    except (ValueError, KeyError, TypeError) as error:
        hint = f"; the state before the last run is {location.state}.bak" if bak(location).exists() else ""
        raise StateError(f"the state {location.state} is damaged or truncated ({error}){hint}") from error
    if version not in (3, 4):
        raise StateError(f"the state {location.state} has version {version}; this engine reads versions 3 and 4")
    if unknown := {*document.get("features", ())} - {HOOKS}:
        raise StateError(f"the state {location.state} needs {', '.join(sorted(unknown))}: use the Pulumi CLI for it")
    if named not in {location.qualified, location.stack}:
        raise StateError(f"the state {location.state} belongs to {named}, not to {location.qualified}")
    return dict(checkpoint.get("latest") or {})


def version(*, hooks: bool) -> dict[str, Any]:
    """The version of a checkpoint or an export, as low as its contents allow, with what it needs."""
    return {"version": 4, "features": [HOOKS]} if hooks else {"version": 3}


def crypter_of(raw: dict[str, Any] | None, passphrase: str, salt: str | None = None) -> Crypter:
    """The crypter that the stored state asks for, or one of `salt`, or a new one; slow on purpose."""
    provider = (raw or {}).get("secrets_providers")
    if provider is None:
        return open_crypter(passphrase, salt) if salt else new_crypter(passphrase)
    if provider.get("type") != "passphrase":
        raise StateError(f"the state is encrypted by {provider.get('type')!r}: use the Pulumi CLI for it")
    return open_crypter(passphrase, provider["state"]["salt"])


def salt_of(raw: dict[str, Any] | None) -> str | None:
    """The salt of a stored state's passphrase provider, if it has one."""
    provider = (raw or {}).get("secrets_providers") or {}
    return provider["state"]["salt"] if provider.get("type") == "passphrase" else None


def load(location: Location, crypter: Crypter) -> Checkpoint:
    """The stack's checkpoint with its secrets open; every reference in it is checked."""
    raw = read_raw(location) or {}
    try:
        resources = [ResourceState.from_json(stored, crypter) for stored in raw.get("resources") or []]
        pending = [
            (operation["type"], ResourceState.from_json(operation["resource"], crypter))
            for operation in raw.get("pending_operations") or []
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise StateError(f"the state {location.state} is damaged: {error!r}") from error
    _check(location, resources)
    return Checkpoint(crypter, resources, pending)


def _check(location: Location, resources: list[ResourceState]) -> None:
    seen: set[str] = set()
    prefix = f"urn:pulumi:{location.stack}::{location.project}::"
    for resource in resources:
        if not resource.urn.startswith(prefix):
            raise StateError(f"the state {location.state} holds {resource.urn}, which is not of {location.qualified}")
        if missing := resource.uses() - seen - {resource.urn}:
            raise StateError(f"the state {location.state} is damaged: {resource.urn} comes before {min(missing)}")
        seen.add(resource.urn)


def bak(location: Location) -> Path:
    return location.state.with_suffix(".json.bak")


def replace(path: Path, content: bytes) -> None:
    """Writes `content` so that a reader, or a crash, sees either the old file or the whole new one."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        raise EngineError(f"{path} cannot be written: {error}") from error
