"""Transport: certificates that were given as text, read once they are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from .kit.documents import decoded
from .kit.resource import Resource
from .kit.rule import CONFIG, SECRET, Problems, Severity, each

PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
WEAK: Final = frozenset({"md5", "sha1"})

Settings = dict[str, Any]


@each(
    SECRET,
    CONFIG,
    severity=Severity.HIGH,
    remedy="Ask for a certificate of 90 days with an ECDSA P-256 or RSA key of 2048 bits or more, signed with SHA-256.",
    see=["Mozilla Server Side TLS", "CA/Browser Forum Baseline Requirements, 6.1.5 and 7.1.3"],
    settings={
        "days": {"type": "integer", "minimum": 1, "default": 90, "description": "The longest life of a leaf."},
        "years": {"type": "integer", "minimum": 1, "default": 30, "description": "The longest life of an authority."},
    },
)
def given_certificates_are_strong(resource: Resource, settings: Settings) -> Problems:
    """A certificate that was given is short-lived, has a strong key and a strong signature.

    It comes from elsewhere, so none of the rules about making one has seen it.
    """
    place = resource.at("data")
    if place.unknown or "LS0tLS1CRUdJT" not in place.text:  # the base64 of a PEM block's first words
        return
    for number, pem in enumerate(PEM.findall(decoded(place.text)), 1):
        yield from (f"{place.path} certificate {number} {fault}" for fault in _faults(pem, settings))


def _faults(pem: str, settings: Settings) -> Iterator[str]:
    from cryptography import x509  # noqa: PLC0415 -- only stacks that are given a certificate pay for it
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa  # noqa: PLC0415

    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        key, signed = certificate.public_key(), certificate.signature_hash_algorithm
    except ValueError:
        yield "cannot be read"
        return
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    if life.days > (settings["years"] * 366 if _signs(certificate) else settings["days"]):
        yield "lives too long"
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < 2048:
            yield "has an RSA key below 2048 bits"
    elif isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.key_size < 256:
            yield "has a key on a weak curve"
    elif not isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        yield "has a key of a weak kind"
    if signed is not None and signed.name in WEAK:
        yield "is signed with a broken hash"


def _signs(certificate: Any) -> bool:
    from cryptography import x509  # noqa: PLC0415

    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (x509.ExtensionNotFound, ValueError):
        return False
