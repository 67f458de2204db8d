"""What a name says of its value: a secret, something about one, or a reason why it looks random."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
SECRET_WORDS: Final = frozenset({
    "password", "passwd", "pwd", "pass", "pw", "passphrase", "passcode", "secret", "secrets", "token", "credential",
    "credentials", "apikey", "authkey", "privatekey", "secretkey", "requirepass", "masterauth", "pgpassword", "pin",
    "rootpassword", "userpassword", "dbpassword", "htpasswd", "pepper", "salt", "creds", "bearer", "psk", "bindpw",
    "totp", "otp", "seed", "pat",
})  # fmt: skip
ENDINGS: Final = ("password", "passwd", "passphrase", "token", "secret", "apikey", "passwort")
KEY_OF: Final = frozenset({
    "access", "account", "admin", "aes", "api", "app", "auth", "crypt", "crypto", "cookie", "deploy", "encryption",
    "fernet", "hmac", "jwt", "license", "master", "preshared", "private", "root", "secret", "service", "session",
    "shared", "signature", "signing", "ssh", "storage", "webhook", "vault",
})  # fmt: skip
KEY_OF_DATA: Final = frozenset({
    "cache", "foreign", "index", "map", "no", "object", "partition", "primary", "public", "publishable", "redis",
    "routing", "shard", "site", "sort", "ssl", "tls", "unique",
})  # fmt: skip
ABOUT: Final = frozenset({
    "alg", "algorithm", "alias", "arn", "audience", "backend", "cert", "certificate", "change", "charset", "count",
    "days", "dir", "directory", "disabled", "email", "enabled", "encryption", "endpoint", "engine", "env", "expires",
    "expiry", "field", "file", "files", "fingerprint", "format", "group", "hasher", "header", "hint", "host", "hours",
    "id", "ids", "issuer", "iterations", "label", "labels", "len", "length", "lifetime", "limit", "manager", "map",
    "max", "method", "min", "minutes", "mode", "mount", "name", "path", "paths", "policy", "prefix", "provider",
    "public", "rate", "ref", "regex", "required", "reset", "role", "rotation", "rounds", "scan", "scope", "scopes",
    "seconds", "size", "stdin", "store", "strength", "suffix", "timeout", "ttl", "type", "uri", "url", "user",
    "username", "version", "window",
})  # fmt: skip
RANDOM_BY_NATURE: Final = frozenset({
    "ami", "build", "bundle", "ca", "cert", "certificate", "checksum", "cid", "commit", "csp", "digest", "etag",
    "fingerprint", "guid", "hash", "id", "ids", "image", "integrity", "kid", "measurement", "md", "md5", "pubkey",
    "public", "publishable", "recipient", "ref", "release", "revision", "sha", "site", "span", "sri", "sum", "trace",
    "traceparent", "uid", "uuid", "version",
})  # fmt: skip
ADDENDA: Final = frozenset({
    "b", "b64", "base", "base64", "current", "default", "dev", "encoded", "g", "hex", "initial", "json", "new", "old",
    "plain", "previous", "primary", "prod", "raw", "secondary", "stage", "string", "test", "text", "v", "value",
})  # fmt: skip


class Name(Enum):
    """What a name announces."""

    SECRET = "a secret"  # noqa: S105 -- what a name announces
    MENTIONS = "something of a secret's"
    ABOUT = "a property of a secret"
    NOTHING = "nothing"


def reading(name: str) -> Name:
    """What `name` announces: its last word decides, but for additions such as a number or an encoding."""
    words = [word.lower() for word in WORDS.findall(name)]
    while len(words) > 1 and (words[-1].isdigit() or words[-1] in ADDENDA):
        words.pop()
    if not words:
        return Name.NOTHING
    mentioned = any(_is_secret(word) for word in words)
    if words[-1] in ABOUT or words[0] == "no":
        return Name.ABOUT if mentioned or "key" in words else Name.NOTHING
    if _is_secret(words[-1]) or words[-2:] in (["erlang", "cookie"], ["connection", "string"]):
        return Name.SECRET
    if words[-1] == "key" and len(words) > 1:
        return _key(words[:-1], mentioned)
    return Name.MENTIONS if mentioned else Name.NOTHING


def _is_secret(word: str) -> bool:
    return word in SECRET_WORDS or word.endswith(ENDINGS)


def _key(before: list[str], mentioned: bool) -> Name:
    if KEY_OF_DATA & set(before):
        return Name.ABOUT
    return Name.SECRET if mentioned or before[-1] in KEY_OF else Name.MENTIONS


def named_secret(name: str) -> bool:
    """Whether a name announces a secret itself, and not something about one (its file, its length, its URL)."""
    return reading(name) is Name.SECRET


def random_by_nature(name: str) -> bool:
    """Whether the values of a name look random without being secret: identifiers, digests, public keys."""
    return any(word.lower() in RANDOM_BY_NATURE for word in WORDS.findall(name))
