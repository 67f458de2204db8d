"""A resource as the checkpoint stores it, and its JSON form with secrets encrypted."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine.crypto import Crypter
from engine.values import SECRET, SIGNATURE, Secret

_FIELDS = {  # attribute -> key of the checkpoint, in its order
    "urn": "urn",
    "custom": "custom",
    "delete": "delete",
    "id": "id",
    "type": "type",
    "inputs": "inputs",
    "outputs": "outputs",
    "parent": "parent",
    "protect": "protect",
    "external": "external",
    "dependencies": "dependencies",
    "init_errors": "initErrors",
    "provider": "provider",
    "property_dependencies": "propertyDependencies",
    "pending_replacement": "pendingReplacement",
    "additional_secret_outputs": "additionalSecretOutputs",
    "retain_on_delete": "retainOnDelete",
    "created": "created",
    "modified": "modified",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "hooks": "resourceHooks",
}
_ALWAYS = {"urn", "custom", "type"}


@dataclass
class ResourceState:
    """One resource. `rest` keeps what another engine stored and this one does not use."""

    urn: str
    type: str
    custom: bool = False
    id: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    delete: bool = False
    external: bool = False
    dependencies: list[str] = field(default_factory=list)
    init_errors: list[str] = field(default_factory=list)
    provider: str = ""
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    pending_replacement: bool = False
    additional_secret_outputs: list[str] = field(default_factory=list)
    retain_on_delete: bool = False
    created: str = ""
    modified: str = ""
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    hooks: dict[str, list[str]] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)

    def uses(self) -> set[str]:
        """The URNs that must exist as long as this resource does."""
        used = {*self.dependencies, *(urn for urns in self.property_dependencies.values() for urn in urns)}
        if self.parent:
            used.add(self.parent)
        if self.provider:
            used.add(self.provider.rsplit("::", 1)[0])
        return used

    def renamed(self, names: dict[str, str]) -> "ResourceState":
        """This resource with every reference to a renamed one brought up to date; itself when there is none."""
        if not names or names.keys().isdisjoint(self.uses()):
            return self
        changed = ResourceState(**self.__dict__)
        changed.parent = names.get(self.parent, self.parent)
        changed.dependencies = [names.get(urn, urn) for urn in self.dependencies]
        changed.property_dependencies = {
            key: [names.get(urn, urn) for urn in urns] for key, urns in self.property_dependencies.items()
        }
        if self.provider:
            urn, id_ = self.provider.rsplit("::", 1)
            changed.provider = f"{names.get(urn, urn)}::{id_}"
        return changed

    def to_json(self, crypter: Crypter) -> dict[str, Any]:
        stored = {
            key: value for name, key in _FIELDS.items() if (value := getattr(self, name)) or name in _ALWAYS
        } | self.rest
        for key in ("inputs", "outputs"):
            if key in stored:
                stored[key] = seal(stored[key], crypter)
        return stored

    @staticmethod
    def from_json(stored: dict[str, Any], crypter: Crypter) -> "ResourceState":
        known = {name: stored[key] for name, key in _FIELDS.items() if key in stored}
        for key in ("inputs", "outputs"):
            if key in known:
                known[key] = unseal(known[key], crypter)
        rest = {key: value for key, value in stored.items() if key not in _FIELDS.values()}
        return ResourceState(**known, rest=rest)


def hook_type(kind: str) -> str:
    """The checkpoint's name for a kind of hooks: `BeforeCreate` for before_create."""
    return kind.title().replace("_", "")


def seal(value: Any, crypter: Crypter) -> Any:
    """`value` as JSON, its secrets encrypted."""
    if isinstance(value, Secret):
        text = json.dumps(value.value, ensure_ascii=False, separators=(",", ":"))
        return {SIGNATURE: SECRET, "ciphertext": crypter.encrypt(text)}
    if isinstance(value, dict):
        return {key: seal(value[key], crypter) for key in sorted(value)}
    if isinstance(value, list):
        return [seal(item, crypter) for item in value]
    return value


def unseal(value: Any, crypter: Crypter) -> Any:
    """The value that `seal` made `value` of."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return Secret(json.loads(crypter.decrypt(value["ciphertext"])))
        return {key: unseal(item, crypter) for key, item in value.items()}
    if isinstance(value, list):
        return [unseal(item, crypter) for item in value]
    return value


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
