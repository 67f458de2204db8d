"""What an image is made from: its context's files, and its parent."""

import hashlib
import io
import re
import ssl
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
CONTEXTS = CHECKOUT / "images"
PARENT = re.compile(r"^ARG PARENT=(?:rempart/)?(\S+)$", re.MULTILINE)
ALSO = re.compile(r"^# context: (.+)$", re.MULTILINE)
TRUSTS = "# trusts: the machine\n"
AUTHORITIES = "authorities.pem"
"""In a context that says so: the authorities that this machine trusts, for what its build fetches over TLS."""
IGNORED = {"__pycache__", ".pytest_cache"}


class RecipeError(Exception):
    """A context that cannot be built as it is; the message names the file."""


@dataclass(frozen=True)
class Recipe:
    """The context of one image: the folder `images/<name>`, with the rooms that its `# context:` line adds."""

    name: str

    @property
    def folder(self) -> Path:
        return CONTEXTS / self.name

    @cached_property
    def dockerfile(self) -> str:
        return (self.folder / "Dockerfile").read_text()

    @cached_property
    def parent(self) -> str:
        """The name after `ARG PARENT=`: another recipe's, or the distribution's image that `base` starts from."""
        if match := PARENT.search(self.dockerfile):
            return match.group(1)
        raise RecipeError(f"{self.folder}/Dockerfile: no line `ARG PARENT=rempart/<image>`")

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every file of the context by its path in it."""
        found = {str(path.relative_to(self.folder)): path for path in _files(self.folder)}
        for room in self._rooms():
            found |= {str(path.relative_to(CHECKOUT)): path for path in _files(CHECKOUT / room)}
        return dict(sorted(found.items()))

    def _rooms(self) -> list[str]:
        match = ALSO.search(self.dockerfile)
        rooms = match.group(1).split() if match else []
        for room in rooms:
            if not (CHECKOUT / room).is_dir():
                raise RecipeError(f"{self.folder}/Dockerfile: its context needs {room}/, which is not there")
        return rooms

    def fingerprint(self, parent_id: str) -> str:
        """SHA-256 over the parent, and over each file's path, mode and content: equal means nothing to build."""
        digest = hashlib.sha256(parent_id.encode())
        for name, path in self.files.items():
            content = path.read_bytes()
            digest.update(f"\n{name} {_mode(path):o} {len(content)}\n".encode() + content)
        return digest.hexdigest()

    def archive(self, more: Mapping[str, Path] | None = None) -> io.BytesIO:
        """The context and `more` files as a tar file in which only content and mode differ between checkouts."""
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            trusted = {AUTHORITIES: _trusted()} if TRUSTS in self.dockerfile else {}
            for name, path in {**self.files, **trusted, **(more or {})}.items():
                entry = tarfile.TarInfo(name)
                entry.mode, entry.size = _mode(path), path.stat().st_size
                tar.addfile(entry, io.BytesIO(path.read_bytes()))
        stream.seek(0)
        return stream


def recipes() -> dict[str, Recipe]:
    """Every image of the project by its name."""
    return {path.parent.name: Recipe(path.parent.name) for path in sorted(CONTEXTS.glob("*/Dockerfile"))}


def with_parents(names: list[str], known: dict[str, Recipe]) -> dict[str, Recipe]:
    """The named recipes (all where none is named) and what they are built on."""
    if unknown := sorted(set(names) - set(known)):
        raise RecipeError(f"unknown image {', '.join(unknown)}; known are {', '.join(known)}")
    wanted: dict[str, Recipe] = {}
    open_names = list(names or known)
    while open_names:
        name = open_names.pop()
        if name in known and name not in wanted:
            wanted[name] = known[name]
            open_names.append(known[name].parent)
    return wanted


def _trusted() -> Path:
    return Path(ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt")


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & 0o100 else 0o644


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not IGNORED & set(path.parts):
            yield path
