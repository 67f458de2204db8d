"""Authorities that a check needs: the stack's own where its state opens, and others made for the moment."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

from verify.tls import Identity

HOUR = timedelta(hours=1)
USAGES = {"server_auth": Usage.SERVER_AUTH, "client_auth": Usage.CLIENT_AUTH}


@dataclass(frozen=True)
class Authority:
    """A root and its key, in memory."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def pem(self) -> bytes:
        """Its certificate."""
        return self.certificate.public_bytes(Encoding.PEM)

    def leaf(
        self, name: str, use: Literal["server_auth", "client_auth"], *, expired: bool = False, what: str = "leaf"
    ) -> Identity:
        """An identity called `name` of the shape that the platform's own have; an expired one ended an hour ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        end = datetime.now(UTC) + (-HOUR if expired else HOUR)
        builder = (
            _certificate(name, end)
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([USAGES[use]]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if use == "server_auth":
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        signed = builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)
        return Identity(what, signed, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def fresh(name: str) -> Authority:
    """A self-signed root that nobody trusts yet."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _certificate(name, datetime.now(UTC) + 24 * HOUR)
        .issuer_name(_named(name))
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def owner(root: bytes, keys: Iterable[str]) -> Authority | None:
    """The authority of the first certificate in `root`, if its private key (PEM) is among `keys`."""
    certificate = x509.load_pem_x509_certificates(root)[0]
    wanted = _public(certificate.public_key())
    for text in keys:
        key = load_pem_private_key(text.encode(), password=None)
        if isinstance(key, ec.EllipticCurvePrivateKey) and _public(key.public_key()) == wanted:
            return Authority(certificate, key)
    return None


def _certificate(name: str, end: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - 48 * HOUR)
        .not_valid_after(end)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _public(key: object) -> bytes:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return b""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
