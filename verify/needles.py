"""The forms in which a secret value could turn up, as byte patterns."""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

SHORTEST = 8
"""Characters. Anything shorter would be found everywhere."""
_PUBLIC = re.compile(
    r"-----BEGIN (CERTIFICATE|CERTIFICATE REQUEST|PUBLIC KEY)-----.*?-----END \1-----"
    r"|^(?:# (?:HELP|TYPE) )?rempart_certificate_end_timestamp_seconds[^\n]*$",
    re.DOTALL | re.MULTILINE,
)
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_HEX = re.compile(r"[0-9a-fA-F]{32,}")
_RANDOM = ("[A-Z]", "[a-z]", "[0-9]")
"""What base64 of random bytes has all of, and an identifier such as a role's name has not."""


def tokens(value: str) -> set[str]:
    """The parts of a secret value that give it away: the whole of a word, the random words of a text.

    Certificates are public, whatever they are kept in, and so give nothing away; nor does what is too short.
    """
    text = hidden(value)
    if not re.search(r"\s", text):
        return {text} if len(text) >= SHORTEST else set()
    words = set(_TOKEN.findall(text)) - _shared_with_the_public_key(text)
    return {word for word in words if _HEX.fullmatch(word) or all(re.search(it, word) for it in _RANDOM)}


def _shared_with_the_public_key(text: str) -> set[str]:
    """The words of a private key's text that are its public key's too, which ends it and stands in certificates."""
    loads = load_ssh_private_key if "OPENSSH" in text else load_pem_private_key
    try:
        public = loads(text.encode(), password=None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return set()
    ssh = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    shown = ssh + b"".join(b"\n" + b64encode(b"\0" * shift + der) for shift in range(3))
    return {word for word in _TOKEN.findall(text) if word.rstrip("=").encode() in shown}


def hidden(value: str) -> str:
    """What is secret in a value: all of it but certificates, public keys, and the metric of when the former end."""
    return _PUBLIC.sub("", _decoded(value)).strip()


def forms(token: str) -> Iterator[tuple[str, bytes]]:
    """`token` plain, in hex, URL-encoded, and in base64 wherever it begins in what was encoded: (form, pattern)."""
    value = token.encode()
    yield "plain", value
    yield "hex", value.hex().encode()
    yield "hex", value.hex().upper().encode()
    for quoted in {quote(token, safe=""), quote_plus(token), re.sub("%..", _lower, quote(token, safe=""))} - {token}:
        yield "URL", quoted.encode()
    for shift in range(3):
        encoded = b64encode(b"\0" * shift + value)
        # The first characters also hold what comes before the value, the last ones what comes after it.
        certain = encoded[(0, 2, 3)[shift] : (shift + len(value)) * 8 // 6]
        yield "base64", certain
        if (other := certain.translate(bytes.maketrans(b"+/", b"-_"))) != certain:
            yield "base64", other


def _lower(match: re.Match[str]) -> str:
    return match[0].lower()


def _decoded(value: str) -> str:
    """What a base64 value says, if that is text: a mounted file as the state keeps it."""
    try:
        return b64decode(value, validate=True).decode("ascii")
    except (NotBase64, ValueError):
        return value
