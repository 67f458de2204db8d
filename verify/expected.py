"""What a stack should be: its settings and its system's diagram, built from the stack file without Pulumi."""

from pathlib import Path

import yaml

import systems
from diagram import System
from settings import Settings, SettingsError


def expected(root: Path, stack: str) -> tuple[Settings, System]:
    """The settings and the diagram of `stack` in the checkout `root`. Raises SettingsError."""
    path = root / f"Pulumi.{stack}.yaml"
    if not path.exists():
        known = sorted(file.name.split(".")[1] for file in root.glob("Pulumi.*.yaml"))
        raise SettingsError(f"no stack is called {stack}; known: {', '.join(known)}")
    config = (yaml.safe_load(path.read_text()) or {}).get("config") or {}
    values = systems.read(config.get("rempart:settings"), root / "images.lock.json")
    return values, systems.drawn(values)
