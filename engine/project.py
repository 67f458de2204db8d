"""Pulumi.yaml: the project's name, its program, and the schema of its configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from engine import documents
from engine.errors import ConfigError, EngineError, UnsupportedError

_ACCEPTS = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


@dataclass(frozen=True)
class Project:
    """`root` holds Pulumi.yaml; `main` is the directory of `__main__.py`."""

    root: Path
    name: str
    main: Path
    config: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def load(root: Path) -> "Project":
        """The project in `root`; an EngineError says what is wrong with its Pulumi.yaml."""
        path = root / "Pulumi.yaml"
        try:
            text = documents.load(path.read_text())
        except OSError as error:
            raise EngineError(f"no usable Pulumi.yaml in {root}: {error.strerror}") from error
        except yaml.YAMLError as error:
            raise EngineError(f"{path}{documents.fault(error)}") from None
        if not isinstance(text, dict) or not isinstance(text.get("name"), str):
            raise EngineError(f"{path}: the project needs a name")
        runtime = text.get("runtime")
        name = runtime.get("name") if isinstance(runtime, dict) else runtime
        if name != "python":
            raise UnsupportedError(f"a program in {name!r}")
        return Project(root, text["name"], (root / text.get("main", ".")).resolve(), text.get("config") or {})

    def configured(
        self, given: Mapping[str, Any], secret_keys: frozenset[str]
    ) -> tuple[dict[str, Any], frozenset[str]]:
        """`given` completed by the schema's defaults and checked against its types; and the keys that are secret."""
        values, secrets, problems = dict(given), set(secret_keys), []
        for short, declared in self.config.items():
            key = short if ":" in short else f"{self.name}:{short}"
            schema = declared if isinstance(declared, dict) else {"default": declared}
            fallback = schema.get("default", schema.get("value"))
            if key not in values:
                if fallback is not None:
                    values[key] = fallback
                elif "type" in schema:
                    problems.append(f"missing configuration variable {short!r}")
                continue
            if schema.get("secret") and key not in secret_keys:
                problems.append(f"configuration key {short!r} must be encrypted as it's secret")
            if problem := _mismatch(schema, values[key]):
                problems.append(f"configuration key {short!r} {problem}")
        if problems:
            raise ConfigError("\n".join(problems))
        return values, frozenset(secrets)


def _mismatch(schema: Mapping[str, Any], value: Any) -> str | None:
    """Why `value` does not fit; a string stands for what it says, as the command line can only write strings."""
    wanted = schema.get("type")
    if wanted is None:
        return None
    if isinstance(value, str) and wanted != "string":
        try:
            value = yaml.safe_load(value)
        except yaml.YAMLError:
            return f"must be of type {wanted!r}"
    if not _ACCEPTS[wanted](value):
        return f"must be of type {wanted!r}"
    if wanted == "array" and "items" in schema:
        return next((problem for item in value if (problem := _mismatch(schema["items"], item))), None)
    return None
