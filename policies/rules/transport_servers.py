"""Transport, the side of the databases and of whatever terminates TLS by a configuration file of one setting a line."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from .kit import settings_files as files
from .kit.documents import Format, documents, parsed
from .kit.resource import Resource
from .kit.rule import FILES, Problems, Severity, each

STRONG_METHODS = frozenset({"scram-sha-256", "cert"})


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Admit by `hostssl ... scram-sha-256 clientcert=verify-full` only; `local ... peer` is the keeper's way in.",
    see=["PostgreSQL 15, 21.1 The pg_hba.conf File"],
)
def databases_admit_by_certificate_and_password(resource: Resource) -> Problems:
    """PostgreSQL admits over TLS only, by the caller's certificate and its SCRAM password.

    A plain `host` record lets a caller without TLS in, and without clientcert=verify-full any certificate does. A
    pooler shows its own certificate for all whom it stands for: verify-ca is enough for them on the network where the
    pooler itself is admitted by verify-full.
    """
    for document in documents(resource, Format.PG_HBA):
        records = files.hba(document.text)
        pooled = {(it.database, it.address) for it in records if _by_name(it) and it.user.startswith("+")}
        for record in records:
            if fault := _admits(record, pooled):
                yield f"{document.path}: pg_hba.conf line {record.line} {fault}"


def _by_name(record: files.Admission) -> bool:
    return record.type == "hostssl" and record.options.get("clientcert") == "verify-full"


def _admits(record: files.Admission, pooled: Set[tuple[str, str]]) -> str:
    """What is wrong with a record; nothing when it is as it should be."""
    if record.method == "reject":
        return ""
    if record.type == "local":
        return "" if record.method == "peer" else "admits over the socket by something else than peer"
    if record.type != "hostssl":
        return "admits connections without TLS"
    if record.method not in STRONG_METHODS:
        return "admits by something else than scram-sha-256"
    asked = record.options.get("clientcert", "verify-full" if record.method == "cert" else "")
    stood_for = record.user.endswith("_clients") and (record.database, record.address) in pooled
    if asked == "verify-full" or (asked == "verify-ca" and record.method == "scram-sha-256" and stood_for):
        return ""
    return "admits without clientcert=verify-full"


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Set ssl = on, ssl_min_protocol_version = 'TLSv1.3', ssl_cert_file, ssl_key_file, ssl_ca_file and "
    "password_encryption = 'scram-sha-256'.",
    see=["PostgreSQL 15, 20.3.3 SSL"],
)
def databases_speak_tls13(resource: Resource) -> Problems:
    """PostgreSQL speaks TLS 1.3 with a certificate, and can tell its callers' certificates.

    ssl is off by default, and the minimum is TLS 1.2.
    """
    for document in documents(resource, Format.POSTGRESQL):
        settings = files.postgresql(document.text)
        where = f"{document.path}: postgresql.conf"
        if settings.get("ssl", "off").lower() not in files.ON:
            yield f"{where} does not set ssl = on"
        if settings.get("ssl_min_protocol_version") != "TLSv1.3":
            yield f"{where} does not set ssl_min_protocol_version = 'TLSv1.3'"
        for name in ("ssl_cert_file", "ssl_key_file", "ssl_ca_file"):
            if not settings.get(name):
                yield f"{where} does not set {name}"
        if settings.get("password_encryption", "scram-sha-256") != "scram-sha-256":
            yield f"{where} stores passwords other than as scram-sha-256"


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Set port 0, tls-port, tls-protocols TLSv1.3, tls-auth-clients yes, the three tls files and an aclfile.",
    see=["Redis, TLS support", "CIS Docker 5.9"],
)
def caches_speak_tls13_only(resource: Resource) -> Problems:
    """Redis has no port in clear, asks every client for a certificate, and knows users.

    Without port 0 the clear port stays open beside the encrypted one.
    """
    wanted = {"port": ["0"], "tls-protocols": ["TLSv1.3"], "tls-auth-clients": ["yes"]}
    defaults = {"port": ["6379"], "tls-auth-clients": ["yes"]}
    for document in documents(resource, Format.REDIS):
        settings = files.redis(document.text)
        where = f"{document.path}: redis.conf"
        for name, value in wanted.items():
            if settings.get(name, defaults.get(name)) != value:
                yield f"{where} does not set {name} {' '.join(value)}"
        for name in ("tls-port", "tls-cert-file", "tls-key-file", "aclfile"):
            if settings.get(name, ["0"]) == ["0"]:
                yield f"{where} does not set {name}"
        if not {"tls-ca-cert-file", "tls-ca-cert-dir"} & set(settings):
            yield f"{where} does not set tls-ca-cert-file"
        if settings.get("protected-mode") == ["no"] and "aclfile" not in settings:
            yield f"{where} switches protected-mode off without an aclfile"


@each(
    *FILES,
    severity=Severity.HIGH,
    remedy="Give each job scheme: https and a tls_config with ca_file, cert_file and key_file.",
    see=["Prometheus, scrape_config and tls_config"],
)
def scrapes_are_verified(resource: Resource) -> Problems:
    """Prometheus scrapes, and alerts, over verified TLS.

    Metrics tell an attacker what runs where and how close to its limits it is.
    """
    for document in documents(resource, Format.PROMETHEUS):
        where = f"{document.path}: prometheus.yml"
        try:
            peers = list(_peers(parsed(document.text)))
        except ValueError:
            yield f"{where} cannot be read"
            continue
        for path, peer in peers:
            yield from (f"{where} {path} {fault}" for fault in _unverified(peer))


def _unverified(peer: dict[str, Any]) -> Problems:
    if peer.get("scheme") != "https":
        yield "does not use https"
        return
    tls = peer.get("tls_config") or {}
    if not (tls.get("ca_file") or tls.get("ca")):
        yield "names no ca_file"
    if tls.get("insecure_skip_verify"):
        yield "skips verification"
    if tls.get("min_version", "TLS13") != "TLS13":
        yield "accepts less than TLS 1.3"


def _peers(document: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whom a Prometheus asks or tells beyond its own loopback, with the path of each entry."""
    root = document if isinstance(document, dict) else {}
    alerting = root.get("alerting") or {}
    groups = {"scrape_configs": root.get("scrape_configs"), "alerting.alertmanagers": alerting.get("alertmanagers")}
    for path, entries in groups.items():
        for index, entry in enumerate(entries or ()):
            targets = [target for static in entry.get("static_configs") or () for target in static.get("targets") or ()]
            if not targets or not all(str(target).startswith(("127.", "localhost:")) for target in targets):
                yield f"{path}[{index}]", entry
