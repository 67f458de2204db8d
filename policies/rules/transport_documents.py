"""Transport, the side of document stores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .kit.documents import Format, documents, parsed
from .kit.resource import Resource
from .kit.rule import FILES, Problems, Severity, each

FILES_OF_TLS: Final = ("certificateKeyFile", "CAFile")
OLD: Final = frozenset({"TLS1_0", "TLS1_1", "TLS1_2"})


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Set net.tls.mode: requireTLS with certificateKeyFile and CAFile, disabledProtocols: TLS1_0,TLS1_1,TLS1_2, "
    "security.authorization: enabled, and for a replica set keyFile or clusterAuthMode: x509.",
    see=["MongoDB, Configure mongod and mongos for TLS/SSL"],
)
def document_stores_ask_for_a_certificate(resource: Resource) -> Problems:
    """MongoDB has no port in clear, asks every client for a certificate and a user, and its members know each other.

    By default it speaks in clear and lets everybody in.
    """
    for document in documents(resource, Format.MONGOD):
        where = f"{document.path}: mongod.conf"
        try:
            read = parsed(document.text)
        except ValueError:
            yield f"{where} cannot be read"
            continue
        yield from (f"{where} {fault}" for fault in _faults(read if isinstance(read, dict) else {}))


def _faults(conf: dict[str, Any]) -> Iterator[str]:
    tls, security = _group(_group(conf, "net"), "tls"), _group(conf, "security")
    if tls.get("mode") != "requireTLS":
        yield "does not set net.tls.mode: requireTLS"
    for name in FILES_OF_TLS:
        if not tls.get(name):
            yield f"does not set net.tls.{name}"
    if not {word.strip() for word in str(tls.get("disabledProtocols", "")).split(",")} >= OLD:
        yield "accepts more than TLS 1.3"
    for name in ("allowConnectionsWithoutCertificates", "allowInvalidCertificates", "allowInvalidHostnames"):
        if tls.get(name):
            yield f"sets net.tls.{name}"
    if security.get("authorization") != "enabled":
        yield "does not set security.authorization: enabled"
    known = security.get("keyFile") or security.get("clusterAuthMode") == "x509"
    if _group(conf, "replication").get("replSetName") and not known:
        yield "does not say by what members know each other"


def _group(conf: dict[str, Any], name: str) -> dict[str, Any]:
    found = conf.get(name)
    return found if isinstance(found, dict) else {}
