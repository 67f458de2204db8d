"""The systems: a module each, with its deployment diagram (`system`) and what its stacks may set (`Settings`)."""

from importlib import import_module
from pathlib import Path
from typing import Any

import settings
from diagram import System
from settings import Settings, SettingsError

KNOWN = tuple(sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py")))
"""The names that a stack may choose from."""


def read(values: object, lock: Path) -> Settings:
    """A stack's settings, of the kind of the system that they name. Raises SettingsError naming every fault's path."""
    if not isinstance(values, dict):
        raise SettingsError("settings: must be an object")
    name = values.get("system")
    if not isinstance(name, str) or name not in KNOWN:
        raise SettingsError(
            f"settings.system: {'missing' if name is None else 'unknown'}; accepted here: {', '.join(KNOWN)}"
        )
    kind: type[Settings] = _module(name).Settings
    return settings.read(kind, values, lock)


def drawn(given: Settings) -> System:
    """The diagram of the system that the settings name."""
    system: System = _module(given.system).system(given)
    return system


def _module(name: str) -> Any:
    return import_module(f"systems.{name}")
