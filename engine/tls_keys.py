"""Private keys and what is said of their public halves."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP224R1,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from engine.provider import Properties, ProviderError

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey
PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey
_CURVES: dict[str, type[SECP224R1 | SECP256R1 | SECP384R1 | SECP521R1]] = {
    "P224": SECP224R1,
    "P256": SECP256R1,
    "P384": SECP384R1,
    "P521": SECP521R1,
}


def generate(algorithm: str, curve: str, bits: int) -> PrivateKey:
    if algorithm == "RSA":
        return generate_rsa(65537, bits)
    if algorithm == "ED25519":
        return Ed25519PrivateKey.generate()
    if algorithm == "ECDSA" and curve in _CURVES:
        return generate_private_key(_CURVES[curve]())
    raise ProviderError(f"no private key with algorithm {algorithm!r} and curve {curve!r}")


def load(text: str) -> PrivateKey:
    """The private key in a PEM text, OpenSSH's own form included; a ProviderError that does not quote it."""
    try:
        load_key = load_ssh_private_key if "OPENSSH PRIVATE KEY" in text else load_pem_private_key
        key: object = load_key(text.encode(), None)
    except (ValueError, TypeError):
        raise ProviderError("the private key is not a PEM text of a private key without a password") from None
    if not isinstance(key, PrivateKey):
        raise ProviderError("the private key is neither RSA, ECDSA nor ED25519")
    return key


def algorithm(key: PrivateKey) -> str:
    if isinstance(key, RSAPrivateKey):
        return "RSA"
    return "ECDSA" if isinstance(key, EllipticCurvePrivateKey) else "ED25519"


def private_outputs(key: PrivateKey) -> Properties:
    traditional = PrivateFormat.PKCS8 if isinstance(key, Ed25519PrivateKey) else PrivateFormat.TraditionalOpenSSL
    return {
        "privateKeyPem": key.private_bytes(Encoding.PEM, traditional, NoEncryption()).decode(),
        "privateKeyPemPkcs8": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        "privateKeyOpenssh": ""
        if _no_ssh(key.public_key())
        else key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode(),
    }


def public_outputs(key: PublicKey) -> Properties:
    """The public key, and its id: the SHA-1 of its DER form."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    outputs = {
        "id": digest(der),
        "publicKeyPem": key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        "publicKeyOpenssh": "",
        "publicKeyFingerprintMd5": "",
        "publicKeyFingerprintSha256": "",
    }
    if not _no_ssh(key):
        ssh = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
        blob = base64.b64decode(ssh.split()[1])
        outputs["publicKeyOpenssh"] = f"{ssh}\n"
        outputs["publicKeyFingerprintMd5"] = hashlib.md5(blob, usedforsecurity=False).digest().hex(":")
        fingerprint = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
        outputs["publicKeyFingerprintSha256"] = f"SHA256:{fingerprint}"
    return outputs


def digest(der: bytes) -> str:
    """How the package names what it made: by the SHA-1 of its DER form without white space at the ends."""
    return hashlib.sha1(der.strip(), usedforsecurity=False).hexdigest()


def _no_ssh(key: PublicKey) -> bool:
    return isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP224R1)
