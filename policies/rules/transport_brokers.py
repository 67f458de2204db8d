"""Transport, the side of poolers, brokers and monitors, and of servers that are told on their command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from .kit import settings_files as files
from .kit.documents import Format, documents, parsed
from .kit.resource import Resource
from .kit.rule import FILES, WORKLOADS, Problems, Severity, each
from .kit.workload import Workload

ADMITTING: Final = frozenset({"scram-sha-256", "cert", "hba"})
OFF: Final = frozenset({"", "0", "off", "false", "no", "disable", "disabled", "none"})
LOOPBACK: Final = ("127.", "localhost", "[::1]", "::1", "unix:", "/")


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Set client_tls_sslmode and server_tls_sslmode to verify-full with their ca, cert and key files, "
    "tls protocols tlsv1.3, and auth_type scram-sha-256, cert or hba.",
    see=["PgBouncer, TLS settings"],
)
def poolers_verify_both_ends(resource: Resource) -> Problems:
    """PgBouncer verifies its clients and its server, over TLS 1.3, and asks for a password or certificate.

    By default it speaks in clear to both, and with auth_type any or trust to everybody.
    """
    for document in documents(resource, Format.PGBOUNCER):
        settings = files.pgbouncer(document.text)
        where = f"{document.path}: pgbouncer.ini"
        for end in ("client", "server"):
            if settings.get(f"{end}_tls_sslmode") != "verify-full":
                yield f"{where} does not set {end}_tls_sslmode = verify-full"
            if not settings.get(f"{end}_tls_ca_file"):
                yield f"{where} does not set {end}_tls_ca_file"
            if settings.get(f"{end}_tls_protocols", "secure") != "tlsv1.3":
                yield f"{where} does not set {end}_tls_protocols = tlsv1.3"
        for name in ("client_tls_cert_file", "client_tls_key_file"):
            if not settings.get(name):
                yield f"{where} does not set {name}"
        if settings.get("auth_type", "md5") not in ADMITTING:
            yield f"{where} admits by something else than scram-sha-256, a certificate or hba"


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Set listeners.tcp = none, listeners.ssl.default, ssl_options.verify = verify_peer, "
    "ssl_options.fail_if_no_peer_cert = true, ssl_options.versions.1 = tlsv1.3 and the three files.",
    see=["RabbitMQ, TLS support"],
)
def brokers_speak_tls13_only(resource: Resource) -> Problems:
    """RabbitMQ has no port in clear and asks every client for a certificate, also for its management.

    Without listeners.tcp = none the clear port stays open beside the encrypted one.
    """
    for document in documents(resource, Format.RABBITMQ):
        settings = files.rabbitmq(document.text)
        yield from (f"{document.path}: rabbitmq.conf {fault}" for fault in _broker(settings))


def _broker(settings: Mapping[str, str]) -> Iterator[str]:
    if settings.get("listeners.tcp") != "none":
        yield "does not set listeners.tcp = none"
    if not any(name.startswith("listeners.ssl") for name in settings):
        yield "does not set listeners.ssl.default"
    wanted = {"verify": "verify_peer", "fail_if_no_peer_cert": "true", "versions.1": "tlsv1.3"}
    for name, value in wanted.items():
        if settings.get(f"ssl_options.{name}") != value:
            yield f"does not set ssl_options.{name} = {value}"
    if "ssl_options.versions.2" in settings:
        yield "accepts more than TLS 1.3"
    for name in ("cacertfile", "certfile", "keyfile"):
        if not settings.get(f"ssl_options.{name}"):
            yield f"does not set ssl_options.{name}"
    clear = any(name.startswith(("management.tcp", "management.listener.port")) for name in settings)
    if clear and settings.get("management.listener.ssl") != "true":
        address = settings.get("management.tcp.ip", settings.get("management.listener.ip", ""))
        if not address.startswith(LOOPBACK[:2]):
            yield "opens its management in clear"


@each(
    *FILES,
    severity=Severity.HIGH,
    remedy="Set tls_server_config with cert_file, key_file, client_ca_file, client_auth_type "
    "RequireAndVerifyClientCert and min_version TLS13.",
    see=["Prometheus, HTTPS and authentication"],
)
def monitors_ask_for_a_certificate(resource: Resource) -> Problems:
    """A Prometheus web configuration serves TLS 1.3, to clients with a certificate.

    Metrics tell an attacker what runs where, and its administration can delete them.
    """
    for document in documents(resource, Format.WEB):
        where = f"{document.path}: prometheus web configuration"
        try:
            read = parsed(document.text)
        except ValueError:
            yield f"{where} cannot be read"
            continue
        tls = (read.get("tls_server_config") if isinstance(read, dict) else None) or {}
        for name in ("cert_file", "key_file", "client_ca_file"):
            if not tls.get(name):
                yield f"{where} does not set {name}"
        if tls.get("client_auth_type") != "RequireAndVerifyClientCert":
            yield f"{where} does not set client_auth_type"
        if tls.get("min_version") != "TLS13":
            yield f"{where} does not set min_version TLS13"


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Give the server its TLS options, or the path of a configuration file that has them.",
    see=["OWASP Transport Layer Security"],
)
def servers_are_started_with_tls(resource: Resource) -> Problems:
    """A server that is told on its command line is told to speak TLS, and not to listen in clear.

    A command line overrides the file beside it.
    """
    words = [word for text in Workload(resource).words() for word in _words(text.text)]
    for index, word in enumerate(words):
        judge = SERVERS.get(word.rpartition("/")[2])
        if judge:
            place = Workload(resource).at("arguments").path
            yield from (f"{place} starts {word.rpartition('/')[2]} {fault}" for fault in judge(words[index + 1 :]))
            return


def _words(text: str) -> list[str]:
    return text.split() if " " in text and not text.startswith("-") else [text]


def _redis(words: Sequence[str]) -> Iterator[str]:
    told = files.options(words)
    if words and not words[0].startswith("-") and "port" not in told:
        return  # a file says it
    if told.get("port", "6379") != "0":
        yield "with a port in clear"
    if told.get("tls-auth-clients", "yes") != "yes":
        yield "without asking for certificates"


def _postgres(words: Sequence[str]) -> Iterator[str]:
    told = files.options(words)
    if "ssl" in told and told["ssl"].lower() not in files.ON:
        yield "with ssl off"
    if told.get("ssl_min_protocol_version", "TLSv1.3") != "TLSv1.3":
        yield "with less than TLS 1.3"
    if told.get("password_encryption", "scram-sha-256") != "scram-sha-256":
        yield "with weak password hashes"


def _mongod(words: Sequence[str]) -> Iterator[str]:
    told = files.options(words)
    if not {"config", "f"} & set(told) and told.get("tlsMode", told.get("sslMode")) not in {"requireTLS", "requireSSL"}:
        yield "without --tlsMode requireTLS"


def _mysqld(words: Sequence[str]) -> Iterator[str]:
    told = files.options(words)
    if "--skip-ssl" in words or told.get("ssl", "1").lower() in OFF or "--skip-grant-tables" in words:
        yield "without TLS or without passwords"


def _prometheus(words: Sequence[str]) -> Iterator[str]:
    told = files.options(words)
    if "web.config.file" not in told and not told.get("web.listen-address", "0.0.0.0:9090").startswith(LOOPBACK):
        yield "in clear on every address"


def _etcd(words: Sequence[str]) -> Iterator[str]:
    told = files.options(words)
    for name in ("listen-client-urls", "listen-peer-urls"):
        for url in told.get(name, "").split(","):
            if url.startswith("http://") and not url.removeprefix("http://").startswith(LOOPBACK):
                yield f"with --{name} in clear"


SERVERS: Final[Mapping[str, Any]] = {
    "redis-server": _redis, "valkey-server": _redis, "postgres": _postgres, "mongod": _mongod, "mysqld": _mysqld,
    "mariadbd": _mysqld, "prometheus": _prometheus, "prometheus-alertmanager": _prometheus, "etcd": _etcd,
}  # fmt: skip
