"""Each room imports only what its contract in pyproject.toml allows."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_room_keeps_its_contract() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    ran = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert "0 broken" in ran.stdout


def test_settings_and_diagrams_are_read_without_pulumi_and_docker() -> None:
    """The contracts follow written imports only; this one sees whatever was loaded."""
    asked = "import sys, settings, diagram.__main__, systems.assistant; print({'pulumi', 'docker'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
