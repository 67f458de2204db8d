"""Throw-away authorities and leaves for the tests."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as PEM."""

    certificate: str
    key: str


@dataclass
class Authority:
    """A self-signed root that signs leaves for one purpose each."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        builder = _builder(self.name, self.name, self.key).add_extension(constraints, critical=True)
        self.certificate = _pem(builder.sign(self.key, hashes.SHA256()))

    def server(self, name: str) -> Pair:
        """A leaf that callers of `name` verify."""
        return self._leaf(name, ExtendedKeyUsageOID.SERVER_AUTH)

    def client(self, name: str, *, expired: bool = False) -> Pair:
        """A leaf by which a callee knows the caller `name`."""
        return self._leaf(name, ExtendedKeyUsageOID.CLIENT_AUTH, timedelta(seconds=-1 if expired else 3600))

    def _leaf(self, name: str, purpose: x509.ObjectIdentifier, life: timedelta = timedelta(hours=1)) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(name, self.name, key, life)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        )
        encoding = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return Pair(_pem(builder.sign(self.key, hashes.SHA256())), key.private_bytes(*encoding).decode())


def _builder(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, life: timedelta = timedelta(hours=1)
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + life)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
