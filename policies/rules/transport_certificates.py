"""Transport: keys, certificates and authorities that Pulumi makes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from .kit.resource import Resource
from .kit.rule import SECRET, SERVICE, WORKLOADS, Problems, Profile, Severity, each, whole_stack
from .kit.stack import Stack
from .kit.workload import SPEC

KEY: Final = "tls:index/privateKey:PrivateKey"
LEAF: Final = "tls:index/locallySignedCert:LocallySignedCert"
REQUEST: Final = "tls:index/certRequest:CertRequest"
AUTHORITY: Final = "tls:index/selfSignedCert:SelfSignedCert"
DAY: Final = 24
SIGNING: Final = frozenset({"cert_signing", "crl_signing"})
ENDS: Final = frozenset({"client_auth", "server_auth"})
OTHER_ENDS: Final = frozenset({"any_extended", "code_signing", "email_protection", "ocsp_signing", "timestamping"})
AUTHORITY_KEY: Final = re.compile(
    r"(?i)(?:^|[/._-])(?:root[._-]?)?ca(?:[._-]?root)?(?:[._-](?:private[._-]?)?key(?:\.\w+)?|\.key|key\.pem)$|rootca[._-]?key"
)

Settings = dict[str, Any]


@each(
    KEY,
    severity=Severity.HIGH,
    remedy="Use algorithm ECDSA with ecdsa_curve P256 or P384, or RSA with rsa_bits of 3072 or more.",
    see=["Mozilla Server Side TLS", "NIST SP 800-57"],
)
def keys_are_strong(key: Resource) -> Problems:
    """A private key is ECDSA P-256 or P-384, Ed25519, or RSA of 3072 bits and more.

    The provider's defaults are weaker: P-224 for ECDSA and 2048 bits for RSA.
    """
    algorithm = key.at("algorithm").text
    if algorithm == "ECDSA":
        if key.at("ecdsaCurve").text not in {"P256", "P384"}:
            yield "ecdsaCurve is not P256 or P384"
    elif algorithm == "RSA":
        if (key.at("rsaBits").number or 2048) < 3072:
            yield "rsaBits is below 3072"
    elif algorithm != "ED25519":
        yield "algorithm is not ECDSA, RSA or ED25519"


@each(
    LEAF,
    severity=Severity.HIGH,
    remedy="Set validity_period_hours to 2160 (90 days) or less.",
    see=["Mozilla Server Side TLS"],
    settings={"days": {"type": "integer", "minimum": 1, "default": 90, "description": "The longest life of a leaf."}},
)
def leaves_live_short(leaf: Resource, settings: Settings) -> Problems:
    """A leaf certificate lives 90 days at most.

    Nothing here revokes a certificate before it expires, so its life bounds what a stolen key is worth.
    """
    if (leaf.at("validityPeriodHours").number or 0) > settings["days"] * DAY:
        yield f"validityPeriodHours is above {settings['days']} days"


@each(
    LEAF,
    severity=Severity.HIGH,
    remedy="Set early_renewal_hours to at least 7 days and less than validity_period_hours.",
)
def leaves_renew_in_time(leaf: Resource) -> Problems:
    """A leaf certificate is renewed by the first update inside a window of at least 7 days before its end.

    Without early_renewal_hours the certificate is replaced only after it has expired.
    """
    early, life = leaf.at("earlyRenewalHours").number or 0, leaf.at("validityPeriodHours").number or 0
    if early < 7 * DAY:
        yield "earlyRenewalHours is below 7 days"
    elif early >= life:
        yield "earlyRenewalHours is not below validityPeriodHours: it would be replaced at every update"


@each(
    LEAF,
    severity=Severity.HIGH,
    remedy="Write exactly one of client_auth and server_auth into allowed_uses, and no cert_signing or any_extended.",
    see=["RFC 5280, 4.2.1.12"],
)
def leaves_serve_one_end(leaf: Resource) -> Problems:
    """A leaf certificate is for a client or for a server, and for nothing else.

    One that serves both lets whoever takes a caller's key pose as a server.
    """
    uses = {use.text for use in leaf.at("allowedUses").each()}
    if len(uses & ENDS) != 1:
        yield "allowedUses does not hold exactly one of client_auth and server_auth"
    if uses & (SIGNING | OTHER_ENDS):
        yield "allowedUses goes beyond one end of a connection"


@each(LEAF, severity=Severity.CRITICAL, remedy="Leave is_ca_certificate out: an authority here is always a root.")
def leaves_are_no_authorities(leaf: Resource) -> Problems:
    """No certificate that is signed by another is an authority.

    A server that trusts a root accepts what every intermediate below it has signed, the other services' callers too.
    """
    if leaf.at("isCaCertificate").value:
        yield "isCaCertificate makes it an intermediate authority"


@each(
    AUTHORITY,
    severity=Severity.HIGH,
    remedy="Set is_ca_certificate, allowed_uses with cert_signing and no ends, and at most ten years.",
    settings={"years": {"type": "integer", "minimum": 1, "default": 10, "description": "An authority's longest life."}},
)
def authorities_only_sign(authority: Resource, settings: Settings) -> Problems:
    """A self-signed certificate is an authority that signs and does nothing else, for ten years at most.

    A self-signed leaf can only be trusted by trusting its key to sign, and no one can renew it.
    """
    uses = {use.text for use in authority.at("allowedUses").each()}
    if not authority.at("isCaCertificate").value:
        yield "isCaCertificate is not set: a self-signed leaf"
    if "cert_signing" not in uses:
        yield "allowedUses does not hold cert_signing"
    if uses & (ENDS | OTHER_ENDS):
        yield "allowedUses lets an authority's key end connections"
    if (authority.at("validityPeriodHours").number or 0) > settings["years"] * 366 * DAY:
        yield f"validityPeriodHours is above {settings['years']} years"


@each(
    LEAF,
    severity=Severity.CRITICAL,
    remedy="Give the gateway's certificate and key as encrypted configuration of the stack.",
    profile=Profile.PRODUCTION,
)
def public_certificates_are_given(leaf: Resource) -> Problems:
    """In production the gateway's certificate does not come from the stack's own root.

    No client outside trusts that root, and asking people to click a warning away teaches them to.
    """
    if leaf.name.endswith("gateway-certificate") and "client_auth" not in {
        u.text for u in leaf.at("allowedUses").each()
    }:
        yield "the gateway's certificate is signed by the stack's root"


@each(
    REQUEST,
    severity=Severity.MEDIUM,
    remedy="Set subject.common_name, and write names instead of addresses into the certificate.",
)
def certificates_name_their_owner(request: Resource) -> Problems:
    """A certificate request names its owner, and neither a wildcard nor every host.

    The name is what callees decide by and callers verify; a wildcard lets one service pose as the others.
    """
    names = [name.text for name in request.at("dnsNames").each()]
    common = request.at("subject.commonName").text
    if not common:
        yield "subject.commonName is missing"
    if any("*" in name for name in [*names, common]):
        yield "a name is a wildcard"


@whole_stack(
    severity=Severity.CRITICAL,
    remedy="Mount the authority's certificate only; its key stays in the state.",
)
def authority_keys_are_mounted_nowhere(stack: Stack) -> Any:
    """The key of an authority, or of a certificate that may sign, is in no Docker secret.

    Who reads it can sign a certificate for any name that the authority's services trust.
    """
    signing = [*stack.of(AUTHORITY), *_intermediates(stack)]
    keys = {source.urn for signer in signing for source in stack.sources(signer, "privateKeyPem")}
    for secret in stack.of(SECRET):
        if any(source.urn in keys for source in stack.sources(secret, "data")):
            yield secret.urn, "data is made from the key of an authority"


def _intermediates(stack: Stack) -> Iterator[Resource]:
    """The requests of leaves that are no leaves: they may sign."""
    for leaf in stack.of(LEAF):
        if leaf.at("isCaCertificate").value:
            yield from stack.sources(leaf, "certRequestPem")


@each(
    *WORKLOADS,
    severity=Severity.CRITICAL,
    remedy="Keep the authority's key off the platform: sign where nothing serves.",
    see=["NIST SP 800-57, 5.3"],
)
def authority_keys_are_no_files(resource: Resource) -> Problems:
    """No file that is mounted or uploaded is called as the key of an authority is.

    The name is how people bring one in from outside, where nothing tells what it was made from.
    """
    for name in (f"{SPEC}.secrets", f"{SPEC}.configs", "uploads", f"{SPEC}.mounts", "mounts", "volumes"):
        for entry in resource.at(name).each():
            for part in ("fileName", "file", "source", "target", "hostPath", "containerPath"):
                place = entry.at(part)
                if not place.unknown and AUTHORITY_KEY.search(place.text):
                    yield f"{place.path} is called like an authority's key"


@whole_stack(severity=Severity.HIGH, remedy="Make a PrivateKey for each certificate.")
def keys_have_one_certificate(stack: Stack) -> Any:
    """Every certificate has a key of its own.

    Two services with one key can each be the other.
    """
    uses: defaultdict[str, int] = defaultdict(int)
    for type_ in (REQUEST, AUTHORITY):
        for key, users in stack.users(KEY, type_, "privateKeyPem").items():
            uses[key] += len(users)
    yield from ((key, "more than one certificate is made for this key") for key, count in uses.items() if count > 1)


@whole_stack(
    severity=Severity.HIGH,
    remedy="Write every network alias of the service into dns_names of its server's certificate.",
    see=["RFC 6125", "RFC 9525"],
    settings={
        "kinds": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["gateway"],
            "description": "The kinds of service whose certificate is for clients outside, by another name.",
        }
    },
)
def certificates_cover_every_alias(stack: Stack, settings: Settings) -> Any:
    """The names of a server's certificate cover every alias of the service that mounts it.

    A caller that verifies the name it called fails; the next thing that happens is that somebody switches that off.
    """
    for service in stack.of(SERVICE):
        requests = list(_server_requests(stack, service))
        if not requests or service.labels.get("rempart.kind") in settings["kinds"]:
            continue
        names = {name.text for request in requests for name in request.at("dnsNames").each()}
        for network in service.at("taskSpec.networksAdvanceds").each():
            for alias in network.at("aliases").each():
                if alias.text not in names:
                    yield service.urn, f"{alias.path} is in no server certificate that it mounts"


def _server_requests(stack: Stack, service: Resource) -> Iterator[Resource]:
    """The requests behind the server certificates that a service mounts."""
    for secret in stack.sources(service, "taskSpec"):
        for leaf in stack.sources(secret, "data"):
            if leaf.type == LEAF and "server_auth" in {use.text for use in leaf.at("allowedUses").each()}:
                yield from stack.sources(leaf, "certRequestPem")
