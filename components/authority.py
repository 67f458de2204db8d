"""Certificate authorities, and the leaves that they sign."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_tls as tls

from components.component import Component
from components.files import SecretFile, secret_file

TEN_YEARS = 87_600
NINETY_DAYS = 2_160
"""Hours. A leaf lives for the time that Mozilla and the CA/Browser Forum's direction recommend at most."""


def renewal_window(name: str) -> int:
    """How many hours before its end a leaf is renewed: between 15 and 45 days, spread by name, so that no single
    ``up`` renews everything."""
    return 24 * (15 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % 31)


class Authority(Component):
    """A self-signed root of its own. Its key signs, and is mounted nowhere."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._key = tls.PrivateKey(self.child("key"), algorithm="ECDSA", ecdsa_curve="P256", opts=self.own)
        self._certificate = tls.SelfSignedCert(
            self.child("certificate"),
            private_key_pem=self._key.private_key_pem,
            is_ca_certificate=True,
            validity_period_hours=TEN_YEARS,
            allowed_uses=["cert_signing", "crl_signing"],
            subject={"common_name": name, "organization": "rempart"},
            opts=self.own,
        )
        self.certificate: pulumi.Output[str] = self._certificate.cert_pem
        self.ends: dict[str, pulumi.Output[str]] = {}
        """When each leaf that it has signed ends (RFC 3339), by the leaf's name."""
        self.register_outputs({"certificate": self.certificate})

    def sign(self, owner: Component, what: str, common_name: str, use: Literal["server_auth", "client_auth"]) -> "Leaf":
        """A new key and a certificate for it, both of `owner`."""
        name = owner.child(what)
        key = tls.PrivateKey(f"{name}-key", algorithm="ECDSA", ecdsa_curve="P256", opts=owner.own)
        request = tls.CertRequest(
            f"{name}-request",
            private_key_pem=key.private_key_pem,
            subject={"common_name": common_name},
            dns_names=[common_name] if use == "server_auth" else None,
            opts=owner.own,
        )
        certificate = tls.LocallySignedCert(
            f"{name}-certificate",
            cert_request_pem=request.cert_request_pem,
            ca_private_key_pem=self._key.private_key_pem,
            ca_cert_pem=self.certificate,
            validity_period_hours=NINETY_DAYS,
            early_renewal_hours=renewal_window(name),
            allowed_uses=["digital_signature", use],
            opts=owner.own,
        )
        self.ends[name] = certificate.validity_end_time
        return Leaf(certificate.cert_pem, key.private_key_pem)


@dataclass(frozen=True)
class Leaf:
    """A certificate and its private key, PEM."""

    certificate: pulumi.Output[str]
    key: pulumi.Output[str]

    def files(self, owner: Component, what: str, file: str) -> list[SecretFile]:
        """The two as files: `file` and `file`.key."""
        return [
            secret_file(owner, f"{what}-pem", file, self.certificate),
            secret_file(owner, f"{what}-pem-key", f"{file}.key", self.key),
        ]

    def file(self, owner: Component, what: str, file: str) -> SecretFile:
        """The two in one file, the key first: MongoDB and its drivers read them so."""
        return secret_file(owner, f"{what}-pem", file, pulumi.Output.concat(self.key, self.certificate))
