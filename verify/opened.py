"""What the stack's state holds in secret, opened in memory where its passphrase is at hand.

Reads the file backend's own layout and encryption by itself, whichever engine wrote it.
"""

import hashlib
import json
import os
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from verify.running import Target

ITERATIONS = 1_000_000


class ClosedError(Exception):
    """Why the state could not be opened."""


@dataclass(frozen=True)
class Opened:
    """The secrets of the state by where they are in it; or, in `closed`, why it could not be opened."""

    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    closed: str = ""

    @staticmethod
    def of(target: Target) -> "Opened":
        """The secrets of the target's state. Never raises: a state that stays closed says why."""
        try:
            latest = json.loads(state_file(target).read_text())["checkpoint"]["latest"]
            salt = latest["secrets_providers"]["state"]["salt"]
            return Opened(dict(_secrets(latest["resources"], _cipher(passphrase(target), salt))))
        except (ClosedError, OSError) as error:
            return Opened(closed=str(error))
        except (ValueError, KeyError, TypeError, InvalidTag) as error:
            return Opened(closed=f"the state does not open: {type(error).__name__}")

    @property
    def private_keys(self) -> list[str]:
        """The PEM private keys among the secrets."""
        return sorted({text for text in self.secrets.values() if "PRIVATE KEY-----" in text})


def state_file(target: Target) -> Path:
    """The checkpoint of the target's stack. Raises ClosedError."""
    project: str = yaml.safe_load((target.root / "Pulumi.yaml").read_text())["name"]
    return backend(target) / ".pulumi" / "stacks" / project / f"{target.stack}.json"


def backend(target: Target) -> Path:
    """The directory that holds the file backend. Raises ClosedError when the state is kept elsewhere."""
    url = os.environ.get("PULUMI_BACKEND_URL", f"file://{target.root / '.rempart' / 'state'}")
    if not url.startswith("file://"):
        raise ClosedError(f"the state is at {url.split('://', 1)[0]}://, which cannot be read from here")
    return Path(url.removeprefix("file://")).expanduser()


def passphrase(target: Target) -> str:
    """The stack's passphrase, from where Pulumi takes it or from development's own file. Raises ClosedError."""
    if given := os.environ.get("PULUMI_CONFIG_PASSPHRASE"):
        return given
    own = target.root / ".rempart" / "passphrase"
    path = Path(os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE") or own)
    if not path.exists():
        raise ClosedError("its passphrase is not known here (PULUMI_CONFIG_PASSPHRASE or ..._FILE)")
    return path.read_text().strip()


def _cipher(secret: str, salt: str) -> AESGCM:
    _, encoded, _ = salt.split(":", 2)
    return AESGCM(hashlib.pbkdf2_hmac("sha256", secret.encode(), b64decode(encoded), ITERATIONS))


def _secrets(value: Any, cipher: AESGCM, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and isinstance(value.get("ciphertext"), str):
        _, nonce, sealed = value["ciphertext"].split(":")
        yield from _texts(json.loads(cipher.decrypt(b64decode(nonce), b64decode(sealed), None)), path)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _secrets(item, cipher, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _secrets(item, cipher, path + (_name(item) or f"[{index}]"))


def _name(item: Any) -> str:
    """A resource's own name, which says more than its place."""
    return str(item["urn"]).rpartition("::")[2] if isinstance(item, dict) and "urn" in item else ""


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")
