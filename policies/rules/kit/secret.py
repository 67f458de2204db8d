"""Telling a secret by its name, its format or its randomness."""

from __future__ import annotations

import base64
import math
import re
from collections import Counter
from typing import Final

from .address import addresses

FORMATS: Final = (
    ("a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    ("an AWS access key", r"\b(?:AKIA|ASIA|AROA|ABIA)[A-Z0-9]{16}\b"),
    ("a GitHub token", r"\bgh[opsur]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{22,}\b"),
    ("a GitLab token", r"\bgl(?:pat|dt|rt|ptt|soat|ft)-[A-Za-z0-9_-]{20,}"),
    ("a Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,}"),
    ("a Google key", r"\bAIza[A-Za-z0-9_-]{35}\b|\bGOCSPX-[A-Za-z0-9_-]{20,}|\bya29\.[A-Za-z0-9_-]{20,}"),
    ("a Stripe key", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9]{24,}"),
    ("a JSON web token", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    ("an npm or PyPI token", r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-[A-Za-z0-9_-]{32,}"),
    ("a SendGrid or Mailgun key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|\bkey-[0-9a-f]{32}\b"),
    ("a language model's key", r"\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{30,}"),
    ("a Vault, Doppler or DigitalOcean token",
     (r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}"
     r"|\bdp\.(?:pt|st|ct|sa)\.[A-Za-z0-9]{40,}|\bdo[opr]_v1_[0-9a-f]{64}\b")),
    ("a Shopify, Twilio or Telegram token",
     r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b|\bSK[0-9a-f]{32}\b|\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    ("an Azure storage key", r"\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}"),
    ("a password hash",
     (r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}"
     r"|\$(?:5|6|y|argon2id?)\$[^\s:'\"]{20,}|SCRAM-SHA-(?:1|256)\$\d+:[A-Za-z0-9+/=]+\$")),
)  # fmt: skip
FORMAT: Final = re.compile("|".join(f"(?P<f{index}>{pattern})" for index, (_, pattern) in enumerate(FORMATS)))

WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
SECRET_WORDS: Final = frozenset({
    "password", "passwd", "pwd", "pass", "passphrase", "passcode", "secret", "secrets", "token", "credential",
    "credentials", "apikey", "authkey", "privatekey", "secretkey", "requirepass", "masterauth", "pgpassword", "pin",
    "rootpassword", "userpassword", "dbpassword", "htpasswd", "pepper", "salt", "connectionstring", "creds", "bearer",
})  # fmt: skip
KEY_OF: Final = frozenset({
    "access", "account", "admin", "aes", "api", "app", "auth", "crypt", "crypto", "cookie", "deploy", "encryption",
    "fernet", "hmac", "jwt", "license", "master", "private", "root", "secret", "service", "session", "shared",
    "signature", "signing", "ssh", "storage", "webhook",
})  # fmt: skip
ABOUT: Final = frozenset({
    "alg", "algorithm", "audience", "backend", "cert", "certificate", "count", "days", "dir", "directory",
    "disabled", "enabled", "encryption", "endpoint", "engine", "env", "expires", "expiry", "field", "file", "files",
    "fingerprint", "format", "hash", "hasher", "header", "host", "hours", "id", "ids", "issuer", "iterations",
    "label", "labels", "len", "length", "lifetime", "limit", "manager", "map", "max", "method", "min", "minutes",
    "mode", "mount", "name", "path", "policy", "prefix", "provider", "public", "regex", "required", "reset", "role",
    "rotation", "rounds", "scope", "scopes", "seconds", "size", "store", "timeout", "ttl", "type", "uri", "url",
    "user", "username", "version", "window",
})  # fmt: skip
NOT_A_VALUE: Final = re.compile(
    r"|/[\w./*-]*|\./[\w./-]+|\$\{?[A-Za-z_]\w*(?::?[-?+][^}]*)?\}?|\{\{.*\}\}|<[\w -]+>|-?\d+(?:\.\d+)?[a-zA-Z%]{0,3}"
    r"|true|false|yes|no|on|off|none|null|nil|enabled|disabled|required|optional|scram-sha-256|md5|\*+",
    re.IGNORECASE,
)
UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
CERTIFICATE: Final = re.compile(
    r"-----BEGIN (CERTIFICATE|PUBLIC KEY|CERTIFICATE REQUEST|X509 CRL)-----.*?-----END \1-----", re.DOTALL
)
RANDOM: Final = re.compile(r"(?<![\w+/=@:.-])[A-Za-z0-9+/_-]{20,}={0,2}(?![\w+/@:.-])")


def named_secret(name: str) -> bool:
    """Whether a name announces a secret itself, and not something about one (its file, its length, its URL)."""
    words = [word.lower() for word in WORDS.findall(name)]
    if not words or words[-1] in ABOUT:
        return False
    if any(word in SECRET_WORDS for word in words):
        return True
    return "key" in words[1:] and words[words.index("key", 1) - 1] in KEY_OF


def is_a_value(value: str) -> bool:
    """Whether a text could be a secret: not empty, a path, a variable, a number or a switch."""
    return not NOT_A_VALUE.fullmatch(value.strip())


def known_format(text: str) -> str | None:
    """What kind of secret stands in `text`, by the formats of those who issue them."""
    match = FORMAT.search(text)
    return FORMATS[int(match.lastgroup[1:])][0] if match and match.lastgroup else None


def with_password(text: str) -> bool:
    """Whether an address in `text` holds a password, before the host or as a parameter."""
    return any(
        (address.password and is_a_value(address.password))
        or any(named_secret(key) and is_a_value(value) for key, value in address.query.items())
        for address in addresses(text)
    )


def looks_random(text: str) -> bool:
    """Whether a word of `text` has the randomness of a generated secret, and no everyday reason to."""
    return any(_is_random(match[0]) for match in RANDOM.finditer(CERTIFICATE.sub(" ", text)))


def _is_random(word: str) -> bool:
    if UUID.fullmatch(word) or re.fullmatch(r"[0-9a-fA-F]+|[0-9]+", word) or word.startswith("/"):
        return False
    kinds = sum(bool(re.search(kind, word)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return kinds == 3 and _bits(word) >= 3.6 and not _reads_as_words(word) and not _is_encoded_text(word)


def _bits(word: str) -> float:
    counts = Counter(word)
    return -sum(count / len(word) * math.log2(count / len(word)) for count in counts.values())


def _reads_as_words(word: str) -> bool:
    """Whether most of it is runs of letters of one case, as identifiers and paths have."""
    runs = re.findall(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}", word)
    return sum(map(len, runs)) >= 0.6 * len(word)


def _is_encoded_text(word: str) -> bool:
    try:
        plain = base64.b64decode(word + "=" * (-len(word) % 4), validate=True)
    except ValueError:
        return False
    return all(32 <= byte < 127 or byte in b"\t\r\n" for byte in plain) and b" " in plain


def suspicion(name: str, value: str) -> str | None:
    """Why `value`, called `name`, is held for a secret; None when it is not. The reason never holds the value."""
    if not is_a_value(value):
        return None
    found = known_format(value)
    if found:
        return f"holds {found}"
    if with_password(value):
        return "holds an address with a password in it"
    if named_secret(name):
        return "is named like a secret and holds a value"
    return "holds a random value, as secrets are" if looks_random(value) else None
