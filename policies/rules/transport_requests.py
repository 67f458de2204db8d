"""Transport: whom a certificate names, and where its key comes from."""

from __future__ import annotations

import re
from typing import Any, Final

from .kit.resource import Resource
from .kit.rule import Problems, Severity, each, whole_stack
from .kit.secret import known_format
from .kit.stack import Stack
from .transport_certificates import AUTHORITY, LEAF, REQUEST

KEYS: Final = ("privateKeyPem", "caPrivateKeyPem")
OF_A_LINK: Final = re.compile(r"(?:^|-)(?P<caller>[a-z0-9-]+)-to-[a-z0-9-]+-client(?:-g\d+)?-request")
GENERATION: Final = re.compile(r"_g\d+$")


@whole_stack(
    severity=Severity.CRITICAL,
    remedy="Make the key with tls.PrivateKey; for an authority that others share write a waiver.",
    see=["CWE-321"],
)
def keys_are_not_written_out(stack: Stack) -> Any:
    """The key of a certificate is made by the stack.

    A key that stands in the program is in its repository; one that was given has been elsewhere before.
    """
    for resource in stack.of(REQUEST, LEAF, AUTHORITY):
        for name in KEYS:
            place = resource.at(name)
            if not place.unknown and not resource.made_from(name) and known_format(place.text):
                yield resource.urn, f"{name} is written out, or given"


@whole_stack(
    severity=Severity.HIGH,
    remedy="Write each name by which the server is called into dns_names of its request.",
    see=["RFC 9525, 6.3"],
)
def server_certificates_carry_names(stack: Stack) -> Any:
    """A server's certificate carries the names by which it is called.

    Clients compare the alternative names only; without any, whoever makes it work switches the comparison off.
    """
    for leaf in stack.of(LEAF):
        uses = leaf.at("allowedUses")
        if uses.unknown or "server_auth" not in {use.text for use in uses.each()}:
            continue
        for request in stack.sources(leaf, "certRequestPem"):
            if request.type == REQUEST and not (request.at("dnsNames").present or request.at("ipAddresses").present):
                yield request.urn, "dnsNames is missing, and a server uses the certificate"


@each(
    REQUEST,
    severity=Severity.CRITICAL,
    remedy="Set subject.common_name to the caller of the link, or to its generation's role.",
)
def callers_certificates_name_the_caller(request: Resource) -> Problems:
    """The certificate of a link names the link's caller.

    The callee lets in whom the certificate names: with another name in it, the caller comes in as somebody else.
    """
    match = OF_A_LINK.search(request.name)
    if match:
        named = GENERATION.sub("", request.at("subject.commonName").text).replace("_", "-")
        if not named or not f"-{match['caller']}".endswith(f"-{named}"):
            yield "subject.commonName is not the caller of the link"
