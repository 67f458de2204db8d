"""What a stack should be: its settings and its system's diagram, built from the stack file without Pulumi."""

from pathlib import Path

import systems
from diagram import System
from settings import Settings, of_stack


def expected(root: Path, stack: str) -> tuple[Settings, System]:
    """The settings and the diagram of `stack` in the checkout `root`. Raises SettingsError."""
    values = systems.read(of_stack(root, stack), root / "images.lock.json")
    return values, systems.drawn(values)
