"""The package tls: keys, certificate requests and certificates, in the state's form; renewed when they are due."""

# ruff: noqa: A002, ARG002 - the protocol chose the names, and not every resource needs every one

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import tls_keys, x509
from engine.errors import UnsupportedError
from engine.provider import CheckFailure, Diff, InvalidArgument, Progress, Properties
from engine.values import UNKNOWN, equal

_PRIVATE_KEY = "tls:index/privateKey:PrivateKey"
_REQUEST = "tls:index/certRequest:CertRequest"
_SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert"
_SIGNED = "tls:index/locallySignedCert:LocallySignedCert"


@dataclass(frozen=True)
class _Kind:
    make: Callable[[Properties], Properties]
    required: tuple[str, ...]
    computed: tuple[str, ...]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    in_place: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names_computed: bool = False  # a replacement's diff lists what is computed, too


class TlsProvider:
    """Everything exists in the state only; certificates inside their renewal window are planned to be replaced."""

    outside = False

    def __init__(self) -> None:
        self.types = frozenset(_KINDS)

    def check(
        self,
        type: str,
        name: str,
        olds: Properties | None,
        news: Properties,
    ) -> tuple[Properties, list[CheckFailure]]:
        write_only = [key for key in news if "PemWo" in key and news[key] is not None]
        if write_only:
            raise UnsupportedError(f"{name}: the write-only property {write_only[0]}")
        given = {key: value for key, value in news.items() if value is not None}
        missing = [key for key in _KINDS[type].required if key not in given]
        failures = [CheckFailure(key, "Missing required property") for key in missing]
        return given, [*failures, *_not_among(_KINDS[type].choices, name, given)]

    def diff(
        self,
        type: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
    ) -> Diff:
        kind = _KINDS[type]
        changed = {
            key
            for key in {*old_inputs, *news}
            if not equal(old_inputs.get(key, kind.defaults.get(key)), news.get(key, kind.defaults.get(key)))
        }
        forced = changed - kind.in_place
        if type in _CERTIFICATES and _due(old_outputs, news):
            changed.add("readyForRenewal")
            forced.add("readyForRenewal")
        if forced and kind.names_computed:
            changed.update(kind.computed)
        return Diff(tuple(sorted(changed)), tuple(sorted(forced)))

    def planned(self, type: str, news: Properties, old_outputs: Properties | None) -> Properties:
        kind = _KINDS[type]
        if old_outputs is not None:
            return {**old_outputs, **news}
        return {**kind.defaults, **news, **dict.fromkeys(kind.computed, UNKNOWN)}

    def create(self, type: str, inputs: Properties, progress: Progress) -> tuple[str, Properties]:
        kind = _KINDS[type]
        outputs = {**kind.defaults, **inputs}
        outputs.update(kind.make(outputs))
        if type in _CERTIFICATES:
            outputs["readyForRenewal"] = _due(outputs, outputs)
        return outputs["id"], outputs

    def update(
        self,
        type: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        progress: Progress,
    ) -> Properties:
        outputs = {**old_outputs, **_KINDS[type].defaults, **news}
        return {**outputs, "readyForRenewal": _due(outputs, outputs)} if type in _CERTIFICATES else outputs

    def read(
        self,
        type: str,
        id: str,
        inputs: Properties,
        outputs: Properties,
    ) -> tuple[str, Properties, Properties] | None:
        if not outputs:
            raise UnsupportedError(f"reading a {type} by its id")
        if type in _CERTIFICATES:
            outputs = {**outputs, "readyForRenewal": _due(outputs, outputs)}
        return id, inputs, outputs

    def delete(self, type: str, id: str, outputs: Properties, progress: Progress) -> None:
        """Nothing exists outside of the state."""

    def find(self, type: str, inputs: Properties) -> str | None:
        return None

    def invoke(self, token: str, args: Properties) -> Properties:
        if token != "tls:index/getPublicKey:getPublicKey":  # noqa: S105 - a function's name
            raise UnsupportedError(f"the function {token}")
        given = {key: value for key, value in args.items() if value is not None}
        if len(given) != 1:
            told = f"{len(given)} attributes" if given else "No attribute"
            wanted = "one (and only one) of [private_key_pem,private_key_openssh] is required"
            reason = f"Invalid Attribute Combination: {told} specified when {wanted}"
            raise InvalidArgument(reason, "privateKeyPem")
        key = tls_keys.load(next(iter(given.values())))
        return {**given, "algorithm": tls_keys.algorithm(key), **tls_keys.public_outputs(key.public_key())}


def _not_among(choices: Mapping[str, tuple[str, ...]], name: str, given: Properties) -> list[CheckFailure]:
    failures = []
    for key, known in choices.items():
        if (value := given.get(key)) not in (None, UNKNOWN, *known):
            listed = " ".join(f'"{each}"' for each in known)
            attribute = {"ecdsaCurve": "ecdsa_curve"}.get(key, key)
            problem = f'Attribute {attribute} value must be one of: [{listed}], got: "{value}"'
            reason = f"Invalid Attribute Value Match. {problem}. Examine values at '{name}.{key}'."
            failures.append(CheckFailure("", reason))
    return failures


def _due(outputs: Properties, inputs: Properties) -> bool:
    """Whether now is inside the last `earlyRenewalHours` of a certificate, or after its end."""
    early = inputs.get("earlyRenewalHours") or 0
    if early is UNKNOWN or "validityEndTime" not in outputs:
        return False
    end = datetime.fromisoformat(outputs["validityEndTime"])
    return datetime.now(UTC) >= end - timedelta(hours=early)


def _private_key(inputs: Properties) -> Properties:
    key = tls_keys.generate(inputs["algorithm"], inputs["ecdsaCurve"], inputs["rsaBits"])
    return {
        "__meta": '{"schema_version":"1"}',
        **tls_keys.private_outputs(key),
        **tls_keys.public_outputs(key.public_key()),
    }


_KINDS = {
    _PRIVATE_KEY: _Kind(
        make=_private_key,
        required=("algorithm",),
        computed=(
            "id", "privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8", "publicKeyFingerprintMd5",
            "publicKeyFingerprintSha256", "publicKeyOpenssh", "publicKeyPem",
        ),
        defaults={"ecdsaCurve": "P224", "rsaBits": 2048},
        choices={"algorithm": ("RSA", "ECDSA", "ED25519"), "ecdsaCurve": ("P224", "P256", "P384", "P521")},
        names_computed=True,
    ),
    _REQUEST: _Kind(x509.request, ("privateKeyPem",), ("id", "certRequestPem", "keyAlgorithm")),
    _SELF_SIGNED: _Kind(
        make=x509.self_signed,
        required=("allowedUses", "privateKeyPem", "validityPeriodHours"),
        computed=("id", "certPem", "keyAlgorithm", "validityStartTime", "validityEndTime"),
        defaults={
            "earlyRenewalHours": 0, "isCaCertificate": False, "readyForRenewal": False,
            "setAuthorityKeyId": False, "setSubjectKeyId": False,
        },
        in_place=frozenset({"earlyRenewalHours"}),
    ),
    _SIGNED: _Kind(
        make=x509.locally_signed,
        required=("allowedUses", "caCertPem", "caPrivateKeyPem", "certRequestPem", "validityPeriodHours"),
        computed=("id", "caKeyAlgorithm", "certPem", "validityStartTime", "validityEndTime"),
        defaults={"earlyRenewalHours": 0, "isCaCertificate": False, "readyForRenewal": False, "setSubjectKeyId": False},
        in_place=frozenset({"earlyRenewalHours"}),
    ),
}  # fmt: skip
_CERTIFICATES = {_SELF_SIGNED, _SIGNED}
