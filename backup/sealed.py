"""A sealed file: AES-256-GCM in chunks, so that any flipped bit, any cut and any other key is found.

Form: MAGIC, the key's id (8 bytes), a salt (32 bytes); then chunks of 1 MiB, each with its tag, the last one shorter.
Each file has a key of its own, derived from the secret one and the salt (HKDF, RFC 5869). A chunk's nonce is its number
and whether it is the last (the STREAM construction), so chunks cannot be moved, repeated or left out; the header is
authenticated with every chunk.
"""

import base64
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backup.errors import BackupError

MAGIC = b"rempart sealed 1\n"
ID, SALT, TAG = 8, 32, 16
HEADER = len(MAGIC) + ID + SALT
CHUNK = 1024 * 1024
KEY = 32


class Sealer:
    """Writes a sealed file to `target`; what is written is whole only after `close`."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        salt = secrets.token_bytes(SALT)
        self._header = MAGIC + identity(key) + salt
        self._target, self._cipher = target, AESGCM(_derived(key, salt, b"file"))
        self._number, self._waiting = 0, bytearray()
        target.write(self._header)

    def write(self, data: bytes) -> None:
        """Seal more. Raises OSError as the target does."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._chunk(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        """Seal the rest as the last chunk."""
        self._chunk(bytes(self._waiting), last=True)

    def _chunk(self, data: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last=last), data, self._header))
        self._number += 1


def unsealed(source: BinaryIO, keys: Sequence[bytes], name: str) -> Iterator[bytes]:
    """The content, chunk by chunk, each authentic when it is yielded. Raises BackupError, which calls the file `name`.

    Only the end of the iteration proves that the file is whole.
    """
    header = source.read(HEADER)
    if len(header) < HEADER or not header.startswith(MAGIC):
        raise BackupError(f"{name}: is no sealed backup")
    wanted, salt = header[len(MAGIC) : len(MAGIC) + ID], header[len(MAGIC) + ID :]
    key = next((key for key in keys if identity(key) == wanted), None)
    if key is None:
        known = ", ".join(identity(key).hex() for key in keys)
        raise BackupError(f"{name}: was sealed with the key {wanted.hex()}, and given is {known}")
    cipher, number, chunk = AESGCM(_derived(key, salt, b"file")), 0, source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), chunk, header)
        except (InvalidTag, ValueError):
            raise BackupError(f"{name}: is damaged or cut short, at byte {HEADER + number * (CHUNK + TAG)}") from None
        if not following:
            return
        number, chunk = number + 1, following


def read_keys(path: Path) -> list[bytes]:
    """The keys in `path`, in base64 one on each line; the first seals, all open. Raises BackupError."""
    try:
        lines = path.read_text().split()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"{path}: cannot be read as a key: {type(error).__name__}") from None
    keys = [_decoded(line) for line in lines]
    if not keys or any(len(key) != KEY for key in keys):
        raise BackupError(f"{path}: must hold keys of {KEY} bytes in base64, one on each line")
    return keys


def identity(key: bytes) -> bytes:
    """What tells one key from another, and tells nothing else about it."""
    return _derived(key, b"", b"id")[:ID]


def _derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY, salt=salt, info=MAGIC + purpose).derive(key)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _decoded(line: str) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except ValueError:
        return b""
