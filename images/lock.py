"""images.lock.json: the immutable reference of every image on this machine, and what it holds."""

import json
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from images.recipe import CHECKOUT

LOCK = CHECKOUT / "images.lock.json"


class Locked(BaseModel):
    """One image as it was built here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: str
    """`rempart/<name>:sha256-<the image's ID>`: another content has another reference."""
    id: str
    context: str
    """The recipe's fingerprint."""
    origin: str
    """What `base` was made from: a digest of the distribution's image, or `debootstrap`; elsewhere the parent."""
    size: int
    """Bytes, the parent's included."""
    packages: dict[str, str]
    """Version of every Debian package in the image."""


_ENTRIES = TypeAdapter(dict[str, Locked])


def read(path: Path = LOCK) -> dict[str, Locked]:
    """The lock file's entries; none where there is no file, or one of another form (it is made anew)."""
    try:
        return _ENTRIES.validate_json(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}


def write(entries: dict[str, Locked], path: Path = LOCK) -> None:
    """Replaces the file as a whole: a reader sees the old one or the new one."""
    text = json.dumps(_ENTRIES.dump_python(dict(sorted(entries.items()))), indent=2) + "\n"
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_text(text)
    new.replace(path)
