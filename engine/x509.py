"""Certificate requests and certificates, with the fields and extensions that the tls package gives them."""

import ipaddress
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from engine import tls_keys
from engine.provider import Properties, ProviderError

_NAME = (  # in the order of a distinguished name
    ("country", NameOID.COUNTRY_NAME),
    ("organization", NameOID.ORGANIZATION_NAME),
    ("organizationalUnit", NameOID.ORGANIZATIONAL_UNIT_NAME),
    ("locality", NameOID.LOCALITY_NAME),
    ("province", NameOID.STATE_OR_PROVINCE_NAME),
    ("streetAddresses", NameOID.STREET_ADDRESS),
    ("postalCode", NameOID.POSTAL_CODE),
    ("commonName", NameOID.COMMON_NAME),
    ("serialNumber", NameOID.SERIAL_NUMBER),
    ("emailAddress", NameOID.EMAIL_ADDRESS),
)
_USAGES = {
    "digital_signature": "digital_signature",
    "content_commitment": "content_commitment",
    "key_encipherment": "key_encipherment",
    "data_encipherment": "data_encipherment",
    "key_agreement": "key_agreement",
    "cert_signing": "key_cert_sign",
    "crl_signing": "crl_sign",
    "encipher_only": "encipher_only",
    "decipher_only": "decipher_only",
}
_EXTENDED = {
    "any_extended": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    "server_auth": ExtendedKeyUsageOID.SERVER_AUTH,
    "client_auth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "code_signing": ExtendedKeyUsageOID.CODE_SIGNING,
    "email_protection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "ipsec_end_system": ObjectIdentifier("1.3.6.1.5.5.7.3.5"),
    "ipsec_tunnel": ObjectIdentifier("1.3.6.1.5.5.7.3.6"),
    "ipsec_user": ObjectIdentifier("1.3.6.1.5.5.7.3.7"),
    "timestamping": ExtendedKeyUsageOID.TIME_STAMPING,
    "ocsp_signing": ExtendedKeyUsageOID.OCSP_SIGNING,
    "microsoft_server_gated_crypto": ObjectIdentifier("1.3.6.1.4.1.311.10.3.3"),
    "netscape_server_gated_crypto": ObjectIdentifier("2.16.840.1.113730.4.1"),
}
_SERIAL_BITS = 127  # RFC 5280: positive, at most 20 octets


def request(inputs: Properties) -> Properties:
    key = tls_keys.load(inputs["privateKeyPem"])
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(inputs.get("subject")))
    if names := _alternative_names(inputs):
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=not inputs.get("subject"))
    made = builder.sign(key, _hash(key))
    return {
        "id": tls_keys.digest(made.public_bytes(Encoding.DER)),
        "certRequestPem": made.public_bytes(Encoding.PEM).decode(),
        "keyAlgorithm": tls_keys.algorithm(key),
    }


def self_signed(inputs: Properties) -> Properties:
    key = tls_keys.load(inputs["privateKeyPem"])
    subject = _name(inputs.get("subject"))
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    if names := _alternative_names(inputs):
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=not inputs.get("subject"))
    if inputs.get("setAuthorityKeyId"):
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    return {"keyAlgorithm": tls_keys.algorithm(key), **_signed(builder, key.public_key(), key, inputs)}


def locally_signed(inputs: Properties) -> Properties:
    key = tls_keys.load(inputs["caPrivateKeyPem"])
    authority = _parsed(x509.load_pem_x509_certificate, inputs["caCertPem"], "caCertPem")
    asked = _parsed(x509.load_pem_x509_csr, inputs["certRequestPem"], "certRequestPem")
    if authority.public_key() != key.public_key():
        raise ProviderError("the private key of the authority is not the one of its certificate")
    builder = x509.CertificateBuilder().subject_name(asked.subject).issuer_name(authority.subject)
    builder = builder.public_key(asked.public_key())
    for extension in asked.extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName):
            builder = builder.add_extension(extension.value, extension.critical)
    identifier = _extension(authority, x509.SubjectKeyIdentifier)
    if identifier and authority.subject != asked.subject:
        authority_id = x509.AuthorityKeyIdentifier(identifier.digest, None, None)
        builder = builder.add_extension(authority_id, critical=False)
    return {"caKeyAlgorithm": tls_keys.algorithm(key), **_signed(builder, asked.public_key(), key, inputs)}


def _signed(
    builder: x509.CertificateBuilder, public_key: Any, signer: tls_keys.PrivateKey, inputs: Properties
) -> Properties:
    """Completes and signs a certificate; its id is its serial number."""
    start = datetime.now(UTC).replace(microsecond=0)
    end = start + timedelta(hours=inputs["validityPeriodHours"])
    serial = secrets.randbits(_SERIAL_BITS) | 1
    authority = bool(inputs.get("isCaCertificate"))
    builder = builder.serial_number(serial).not_valid_before(start).not_valid_after(end)
    builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
    if authority or inputs.get("setSubjectKeyId"):
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    uses = set(inputs["allowedUses"])
    if unknown := uses - _USAGES.keys() - _EXTENDED.keys():
        raise ProviderError(f"unknown use of a certificate: {', '.join(sorted(unknown))}")
    if plain := {_USAGES[use] for use in uses if use in _USAGES}:
        usage = x509.KeyUsage(**{name: name in plain for name in _USAGES.values()})
        builder = builder.add_extension(usage, critical=True)
    if extended := [_EXTENDED[use] for use in inputs["allowedUses"] if use in _EXTENDED]:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    made = builder.sign(signer, _hash(signer))
    return {
        "id": str(serial),
        "certPem": made.public_bytes(Encoding.PEM).decode(),
        "validityStartTime": _time(start),
        "validityEndTime": _time(end),
    }


def _name(subject: Any) -> x509.Name:
    if isinstance(subject, list):
        subject = subject[0] if subject else None
    attributes = []
    for key, oid in _NAME:
        given = (subject or {}).get(key)
        values = given if isinstance(given, list) else [given] if given else []
        attributes += [x509.NameAttribute(oid, value) for value in values]
    return x509.Name(attributes)


def _alternative_names(inputs: Properties) -> list[x509.GeneralName]:
    try:
        addresses = [ipaddress.ip_address(each) for each in inputs.get("ipAddresses") or ()]
    except ValueError as error:
        raise ProviderError(f"not an IP address in a certificate: {error}") from error
    return [
        *(x509.DNSName(name) for name in inputs.get("dnsNames") or ()),
        *(x509.IPAddress(address) for address in addresses),
        *(x509.UniformResourceIdentifier(uri) for uri in inputs.get("uris") or ()),
    ]


def _parsed(load: Any, text: str, what: str) -> Any:
    try:
        return load(text.encode())
    except ValueError:
        raise ProviderError(f"{what} is not a valid PEM text") from None


def _extension(
    certificate: x509.Certificate, kind: type[x509.SubjectKeyIdentifier]
) -> x509.SubjectKeyIdentifier | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _hash(key: tls_keys.PrivateKey) -> Any:
    if isinstance(key, Ed25519PrivateKey):
        return None
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.key_size > 256:
        return hashes.SHA384() if key.curve.key_size == 384 else hashes.SHA512()
    return hashes.SHA256()


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
