"""Encryption of what users entrust: AES-256-GCM, each ciphertext bound to its user and provider.

The key's file may hold several keys, one on each line: the first encrypts and all decrypt. The name of a ciphertext's
key is stored beside it, so a rotation finds what is still under an old one.
"""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


class VaultError(Exception):
    """The key file is unusable, or a ciphertext was altered, moved, or is under a key that is not here."""


@dataclass(frozen=True)
class Sealed:
    """A ciphertext and the name of its key."""

    key: str
    data: bytes


@dataclass(frozen=True)
class Vault:
    """Seals and opens with the `keys` of a key file."""

    keys: dict[str, AESGCM] = field(repr=False)

    @classmethod
    def of(cls, file: bytes) -> "Vault":
        """The vault of a key file: base64 of 32 bytes a line. Raises VaultError."""
        try:
            keys = [base64.b64decode(line, validate=True) for line in file.split()]
        except binascii.Error:
            raise VaultError("a key is not base64") from None
        if not keys or any(len(key) != 32 for key in keys):
            raise VaultError("a key file holds keys of 32 bytes")
        return cls({hashlib.sha256(b"name of " + key).hexdigest()[:16]: AESGCM(key) for key in keys})

    @property
    def current(self) -> str:
        """The name of the key that encrypts."""
        return next(iter(self.keys))

    def seal(self, content: bytes, *, user: str, provider: str) -> Sealed:
        """`content` encrypted for this user and provider, and no other."""
        nonce = os.urandom(NONCE)
        return Sealed(self.current, nonce + self.keys[self.current].encrypt(nonce, content, _bound(user, provider)))

    def open(self, sealed: Sealed, *, user: str, provider: str) -> bytes:
        """The content of `sealed`. Raises VaultError."""
        try:
            key = self.keys[sealed.key]
            return key.decrypt(sealed.data[:NONCE], sealed.data[NONCE:], _bound(user, provider))
        except (KeyError, InvalidTag):
            raise VaultError("this ciphertext does not open here") from None


def _bound(user: str, provider: str) -> bytes:
    return f"{user}/{provider}".encode()
