"""A backup file: a manifest and a compressed dump, sealed together."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from subprocess import PIPE
from typing import BinaryIO

from backup import sealed
from backup.errors import BackupError
from backup.fingerprint import Fingerprint
from backup.processes import blocks, fed, started

LENGTH = 4
"""Bytes before the manifest that say how long it is."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    database: str
    taken: str
    fingerprint: Fingerprint

    def encoded(self) -> bytes:
        """The manifest as it stands at the beginning of a backup."""
        fields = {"database": self.database, "taken": self.taken, "fingerprint": self.fingerprint.data()}
        text = json.dumps(fields).encode()
        return len(text).to_bytes(LENGTH, "big") + text

    @classmethod
    def read(cls, content: Iterator[bytes]) -> "tuple[Manifest, Iterator[bytes]]":
        """The manifest at the beginning of `content`, and the compressed dump after it."""
        data = b""
        while len(data) < LENGTH or len(data) < LENGTH + int.from_bytes(data[:LENGTH], "big"):
            if not (more := next(content, b"")):
                raise BackupError("the manifest is cut short")
            data += more
        end = LENGTH + int.from_bytes(data[:LENGTH], "big")
        fields = json.loads(data[LENGTH:end])
        fingerprint = Fingerprint.read(fields["fingerprint"])
        return cls(fields["database"], fields["taken"], fingerprint), chain([data[end:]], content)


def proven(path: Path, keys: Sequence[bytes]) -> Manifest:
    """The manifest of a file of which every byte is authentic. Raises BackupError."""
    with _opened(path) as file:
        manifest, rest = Manifest.read(sealed.unsealed(file, keys, path.name))
        for _ in rest:
            pass
    return manifest


@contextmanager
def dump(path: Path, keys: Sequence[bytes]) -> Iterator[Iterator[bytes]]:
    """The dump in `path` (PostgreSQL's custom format), while the block runs. Raises BackupError."""
    with _opened(path) as file:
        _, compressed = Manifest.read(sealed.unsealed(file, keys, path.name))
        with started(["zstd", "-dcq"], stdin=PIPE) as zstd, fed(zstd.stdin, compressed):
            yield blocks(zstd.stdout)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise BackupError(f"{path.name}: {error.strerror}") from None
