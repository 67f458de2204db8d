"""The passphrase secrets provider: PBKDF2-SHA256, AES-256-GCM, and the state's salt that proves a passphrase."""

import base64
import contextlib
import hashlib
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import PassphraseError, StateError

ITERATIONS = 1_000_000
_PROOF = "pulumi"
_KEY_BYTES = 32
_kept: dict[str, Path] = {}


@dataclass(frozen=True)
class Crypter:
    """Encrypts and decrypts the values of one stack; `salt` goes into its state."""

    salt: str
    key: bytes = field(repr=False)

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(12)
        sealed = AESGCM(self.key).encrypt(nonce, text.encode(), None)
        return f"v1:{_b64(nonce)}:{_b64(sealed)}"

    def decrypt(self, ciphertext: str) -> str:
        """The text; a StateError when this key did not encrypt it or it was changed since."""
        try:
            version, nonce, sealed = ciphertext.split(":")
            if version != "v1":
                raise ValueError(version)
            return AESGCM(self.key).decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()
        except (InvalidTag, ValueError) as error:
            raise StateError(
                "a secret in the state or configuration cannot be decrypted with this passphrase"
            ) from error


def new_crypter(passphrase: str) -> Crypter:
    """A crypter with a fresh salt."""
    salt = os.urandom(8)
    fresh = Crypter("", _derive(passphrase, salt))
    return Crypter(f"v1:{_b64(salt)}:{fresh.encrypt(_PROOF)}", fresh.key)


def throw_away_crypter() -> Crypter:
    """One for a run that writes nothing: its key is nobody's."""
    return Crypter("", os.urandom(_KEY_BYTES))


def open_crypter(passphrase: str, salt: str) -> Crypter:
    """The crypter of a stored salt; a PassphraseError unless `passphrase` made it."""
    try:
        version, stored, proof = salt.split(":", 2)
        if version != "v1":
            raise ValueError(version)
        crypter = Crypter(salt, _derive(passphrase, base64.b64decode(stored)))
    except ValueError as error:
        raise StateError("the state's encryption salt is damaged") from error
    try:
        proven = crypter.decrypt(proof) == _PROOF
    except StateError:
        proven = False
    if not proven:
        raise PassphraseError("incorrect passphrase: it is not the one that this stack's secrets were encrypted with")
    return crypter


def keep_keys_of(passphrase: str, folder: Path) -> None:
    """Keeps what is derived from `passphrase` in `folder`: only for one that stands there in clear itself."""
    _kept[passphrase] = folder


def _derive(passphrase: str, salt: bytes) -> bytes:
    if passphrase not in _kept:
        return _derived(passphrase, salt, ITERATIONS)
    kept = _kept[passphrase] / hashlib.sha256(salt + passphrase.encode()).hexdigest()
    with contextlib.suppress(FileNotFoundError):
        if len(key := kept.read_bytes()) == _KEY_BYTES:
            return key
    key = _derived(passphrase, salt, ITERATIONS)
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(kept, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key)
    return key


@lru_cache(maxsize=8)
def _derived(passphrase: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, iterations, _KEY_BYTES)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
