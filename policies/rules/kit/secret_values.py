"""What a value says of itself: a reference, a placeholder, text in base64, or nothing but chance."""

from __future__ import annotations

import base64
import math
import re
from collections import Counter
from itertools import pairwise
from typing import Final

NOT_A_VALUE: Final = re.compile(
    r"|/(?![A-Za-z0-9]{20,}$)[\w./*-]*|\.{1,2}/[\w./-]+|[A-Za-z]:\\[\w.\\-]+"
    r"|\$\{?[A-Za-z_]\w*(?::?[-?+][^}]*)?\}?(?:\s.*)?|\$\([^)]*\)(?:\s.*)?|\$\{.*\}|\{\{.*\}\}|%[A-Za-z]*\(.*\)%?|%\w+%|@\w+@|`.*`"
    r"|<[\w .-]+>|\[[\w -]+\]|(?:your|my)[-_ ][\w -]*|[\w-]*[-_]here"
    r"|(?:vault|op|ssm|secret|secrets|awssm|gcpsm|azkv|keyvault|bws|doppler|env|file|ref\+\w+)[:/][\w./#?=&:@-]+"
    r"|arn:[\w:/+=,.@-]+|projects/[\w-]+/secrets/[\w/-]+"
    r"|true|false|yes|no|on|off|none|null|nil|undefined|unset|enabled|disabled|required|optional|redacted|hidden"
    r"|basic|bearer|scram-sha-256|md5|prompt|[-~]|(.)\1{2,}",
    re.IGNORECASE,
)
NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?[a-zA-Z%]{0,3}")
NAME_OF_A_SECRET: Final = re.compile(
    r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*[-_](?:password|secret|token|key)(?:[-_][a-z]?\d+)?"
)
LOCATION: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s@]+", re.IGNORECASE)
CERTIFICATE: Final = re.compile(
    r"-----BEGIN (CERTIFICATE|(?:RSA )?PUBLIC KEY|CERTIFICATE REQUEST|X509 CRL)-----.*?-----END \1-----", re.DOTALL
)
UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
RANDOM: Final = re.compile(r"(?<![\w+/=@:.~-])[A-Za-z0-9+/_-]{20,}={0,2}(?![\w+/@:.-])")
PUBLIC: Final = re.compile(
    r"sha(?:1|256|384|512)-|AAAA[A-Z][23][A-Z]|MII|MFkw|MFYw|MCow|pk[._]|age1|ssh-|data:|[A-Za-z]+-[A-Za-z]+-[A-Za-z]+-"
)
HEXADECIMAL: Final = re.compile(r"(?:0x)?(?:[0-9a-f]{48,}|[0-9A-F]{48,})")
ENCODED: Final = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{12,}={0,2}(?![\w+/=-])")


def is_a_value(value: str) -> bool:
    """Whether a text could be a secret: not empty, a path, a variable, a reference, a placeholder or a switch."""
    bare = value.strip().strip("'\"")
    return not NOT_A_VALUE.fullmatch(bare) and not LOCATION.fullmatch(bare)


def is_a_number(value: str) -> bool:
    """Whether a text is a number, with its unit or without."""
    return NUMBER.fullmatch(value.strip()) is not None


def names_a_secret(value: str) -> bool:
    """Whether a text is the name that somebody gave a secret: `shop_db_password_g2`."""
    return value.count("-") + value.count("_") > 1 and NAME_OF_A_SECRET.fullmatch(value) is not None


def generated(value: str) -> bool:
    """Whether a text under a name that suggests a key has the look of a made one, or of a password."""
    bare = value.strip()
    if " " in bare or len(bare) < 8:
        return False
    if re.fullmatch(r"[0-9a-fA-F]{16,}", bare) or UUID.fullmatch(bare):
        return True
    kinds = sum(bool(re.search(kind, bare)) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[!#$%^&*~]"))
    return kinds >= 3 and not re.search(r"[./:,()]", bare.rstrip(".=!"))


def looks_random(text: str) -> bool:
    """Whether a word of `text` has the randomness of a generated secret, and no everyday reason to."""
    bare = CERTIFICATE.sub(" ", text.replace("\\n", "\n"))
    return bool(HEXADECIMAL.fullmatch(bare.strip())) or any(_is_random(match[0]) for match in RANDOM.finditer(bare))


def _is_random(word: str) -> bool:
    if UUID.fullmatch(word) or re.fullmatch(r"[0-9a-fA-F]+|[0-9]+", word) or word.startswith("/"):
        return False
    if PUBLIC.match(word) or readable(word) is not None:
        return False
    kinds = sum(bool(re.search(kind, word)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return kinds == 3 and _bits(word) >= 3.6 and not _reads_as_words(word) and not _counts_up(word)


def _bits(word: str) -> float:
    counts = Counter(word)
    return -sum(count / len(word) * math.log2(count / len(word)) for count in counts.values())


def _reads_as_words(word: str) -> bool:
    """Whether most of it is runs of letters of one case, as identifiers and paths have."""
    runs = re.findall(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}", word)
    return sum(map(len, runs)) >= 0.6 * len(word)


def _counts_up(word: str) -> bool:
    """Whether most characters follow the one before, as in an alphabet that somebody wrote out."""
    return sum(ord(after) - ord(before) == 1 for before, after in pairwise(word)) > len(word) / 2


def readable(word: str) -> str | None:
    """The text that `word` is the base64 of; None when it is none, or of something else than text."""
    try:
        plain = base64.b64decode(
            word.replace("-", "+").replace("_", "/").rstrip("=") + "=" * (-len(word.rstrip("=")) % 4), validate=True
        )
        text = plain.decode()
    except ValueError:
        return None
    return text if len(text) >= 9 and all(mark.isprintable() or mark in "\t\r\n" for mark in text) else None


def unwrapped(text: str) -> list[str]:
    """The texts that words of `text` are the base64 of."""
    return [plain for match in ENCODED.finditer(text) if (plain := readable(match[0])) is not None]
