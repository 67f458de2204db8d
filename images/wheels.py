"""Python packages that Debian has not: fetched here by their hashes, because a build has no index to ask."""

import hashlib
import subprocess
import sys
from pathlib import Path

from images.recipe import CHECKOUT, Recipe

KEPT = CHECKOUT / ".rempart" / "wheels"


class WheelError(Exception):
    """A package that did not come, or is not the one that was asked for."""


def wheels(recipe: Recipe) -> dict[str, Path]:
    """The wheels of the context's `requirements.txt`, by their path in the context; none where it has no such file."""
    wanted = recipe.files.get("requirements.txt")
    if wanted is None:
        return {}
    folder = KEPT / hashlib.sha256(wanted.read_bytes()).hexdigest()[:16]
    if not folder.is_dir():
        _fetch(wanted, folder)
    return {f"wheels/{path.name}": path for path in sorted(folder.glob("*.whl"))}


def _fetch(wanted: Path, folder: Path) -> None:
    partial = folder.with_suffix(".partial")
    command = [
        sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "--require-hashes",
        "-r", str(wanted), "-d", str(partial),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise WheelError(f"{wanted}: {done.stderr.strip()[-300:]}")
    partial.rename(folder)
