"""Transport, the callers' side: every address that a workload is given is verified TLS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from .kit.address import LOOPBACK, Address, addresses
from .kit.documents import Format, format_of, lines, texts
from .kit.node import Node
from .kit.resource import Resource
from .kit.rule import FILES, WORKLOADS, Problems, Severity, each
from .kit.workload import Workload

POSTGRES: Final = frozenset({"postgres", "postgresql"})
REDIS: Final = frozenset({"redis", "rediss", "valkey", "valkeys"})
ENCRYPTED: Final[Mapping[str, str]] = {
    "http": "https", "ws": "wss", "amqp": "amqps", "ldap": "ldaps", "ftp": "ftps", "mqtt": "mqtts", "smtp": "smtps",
    "nats": "tls", "stomp": "stomp+ssl", "imap": "imaps", "pop3": "pop3s", "redis": "rediss", "valkey": "valkeys",
    "syslog": "syslog+tls", "tcp": "tls", "zipkin": "https", "grpc": "grpcs", "memcached": "a TLS tunnel",
}  # fmt: skip
OFF_SWITCHES: Final = frozenset({
    "NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY", "NPM_CONFIG_STRICT_SSL", "PERL_LWP_SSL_VERIFY_HOSTNAME",
    "LDAPTLS_REQCERT", "DOCKER_TLS_VERIFY", "GIT_SSL_VERIFY", "BUNDLE_SSL_VERIFY_MODE", "YARN_ENABLE_STRICT_SSL",
})  # fmt: skip
"""Variables that switch verification off when they say no."""
CLEAR: Final = frozenset({"http", "redis", "amqp", "mongodb", "ldap", "mqtt", "ws"})
SETTING: Final = re.compile(
    r"""^[\s\-{,]*["']?(?P<name>[A-Za-z_][\w.-]*)["']?\s*(?:[:=]|\s)\s*["']?(?P<value>[^"'\s,;}]*)"""
)
BYPASSES: Final = frozenset({"PIP_TRUSTED_HOST", "GOINSECURE", "VAULT_SKIP_VERIFY", "UV_INSECURE_HOST"})
"""Variables that switch it off by whatever they say."""
OFF: Final = frozenset({
    "0", "false", "no", "off", "none", "never", "disable", "disabled", "allow", "allowed", "prefer", "preferred",
    "optional", "verify_none", "cert_none", "ssl_verify_none", "required_no_verify", "insecure",
})  # fmt: skip
BUNDLES: Final = frozenset({"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"})
"""Variables that name the roots to trust: empty, or /dev/null, some libraries trust everybody."""
SPOKEN: Final = re.compile(
    r"""(?x) \bcurl\b[^|;&]*\s(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure|--proxy-insecure)\b
    | \bverify\s*=\s*False\b | \brejectUnauthorized["']?\s*:\s*false | \bInsecureSkipVerify["']?\s*[:=]\s*true
    | \bCERT_NONE\b | \bSSL_VERIFY_NONE\b | \bcheck_hostname\s*=\s*False | _create_unverified_context
    | \bwget\b[^|;&]*--no-check-certificate | \bhttp\.sslVerify\s*=?\s*(?:false|0) | strict-ssl\s*=?\s*false
    | \b(?:pip|uv)\b[^|;&]*--(?:trusted-host|allow-insecure-host)
    | \bsslmode=(?:disable|allow|prefer|require|verify-ca)\b
    | --ssl-mode[=\s](?:DISABLED|PREFERRED|REQUIRED|VERIFY_CA)\b | --(?:skip-ssl|ssl=0|no-tls-verif\w*)\b
    | --tlsAllowInvalid\w+ | --insecure-(?:skip-tls-verify|registry)\b | --no-verify-ssl\b | --disable-ssl-verif\w*
    | -Dcom\.sun\.net\.ssl\.checkRevocation=false | -Djdk\.internal\.httpclient\.disableHostnameVerification\b
    | -Dmaven\.wagon\.http\.ssl\.insecure=true | -Dtrust_?all_?certs?=true | StrictHostKeyChecking\s*[= ]\s*no\b
    | verify=verify_none | ssl_cert_reqs=(?:none|CERT_NONE|optional) | \btls_reqcert\s*[= ]\s*(?:never|allow|try)"""
)
"""How command lines, snippets and connection strings say it."""
INSECURE: Final = re.compile(
    r"(?:^|[-_.])(?:insecure(?:[-_](?:skip[-_]?verify|tls|ssl|skip[-_]tls[-_]verify|transport))?"
    r"|(?:skip|disable|no)[-_]?(?:(?:tls|ssl|cert|certificate|hostname|check)[-_]?)*(?:verif(?:y|ication)|certificate|hostname)"
    r"|no[-_]?check[-_]?certificate|(?:tls|ssl)[-_]?(?:insecure|skip[-_]?verify|no[-_]?verify)|insecureskipverify"
    r"|trust[-_]?server[-_]?certificate|allow[-_]?(?:self[-_]?signed|invalid[-_]?cert\w*))$",
    re.IGNORECASE,
)
VERIFYING: Final = re.compile(
    r"(?:^|[-_.])(?:(?:tls|ssl|https?|cert|certificate|peer|hostname|server)[-_]?(?:verify|verification|check[-_]hostname|validation)"
    r"|verify[-_]?(?:tls|ssl|cert|certs|certificate|certificates|peer|host|hostname|server)|check[-_]?hostname|strict[-_]?ssl"
    r"|ssl[-_]?mode|sslmode|ssl[-_]?cert[-_]?reqs|reject[-_]?unauthorized|verify)$",
    re.IGNORECASE,
)


def told(resource: Resource) -> Iterator[Node]:
    """The values that tell a workload where others are: its environment and its command line."""
    workload = Workload(resource)
    yield from (value for _, value in workload.env())
    yield from workload.words()


def outside(resource: Resource) -> Iterator[tuple[Node, Address]]:
    """Each address beyond the workload's own loopback, with the place that holds it."""
    for place in told(resource):
        for address in addresses(place.text):
            if not address.is_local:
                yield place, address


@each(
    *WORKLOADS,
    severity=Severity.CRITICAL,
    remedy="Write sslmode=verify-full and sslrootcert=<file of the root certificate> into the address.",
    see=["PostgreSQL 15, 34.19.1 Client Verification of Server Certificates", "OWASP Docker rule 5"],
)
def databases_are_verified(resource: Resource) -> Problems:
    """A PostgreSQL address demands a verified server.

    Any sslmode below verify-full accepts a server that is not the database, or no TLS at all.
    """
    for place, address in outside(resource):
        if address.scheme.partition("+")[0] in POSTGRES:
            if address.query.get("sslmode") != "verify-full":
                yield f"{place.path} has a PostgreSQL address without sslmode=verify-full"
            if not address.query.get("sslrootcert"):
                yield f"{place.path} has a PostgreSQL address without sslrootcert"
    for name, value in Workload(resource).env():
        if name == "PGSSLMODE" and value.text != "verify-full":
            yield f"{value.path} is not verify-full"


@each(
    *WORKLOADS,
    severity=Severity.CRITICAL,
    remedy="Write rediss://...?ssl_cert_reqs=required&ssl_check_hostname=true&ssl_ca_certs=<root certificate file>.",
    see=["Redis, TLS support"],
)
def caches_are_verified(resource: Resource) -> Problems:
    """A Redis address demands a verified server.

    redis-py and Celery accept a certificate with any name unless they are told to check it.
    """
    wanted = {"ssl_cert_reqs": "required", "ssl_check_hostname": "true"}
    for place, address in outside(resource):
        if address.scheme not in REDIS:
            continue
        if address.scheme in {"redis", "valkey"}:
            yield f"{place.path} has a Redis address without TLS"
            continue
        for name, value in wanted.items():
            if address.query.get(name, "").lower() != value:
                yield f"{place.path} has a Redis address without {name}={value}"
        if not address.query.get("ssl_ca_certs"):
            yield f"{place.path} has a Redis address without ssl_ca_certs"


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Use the encrypted form of the scheme; an address within the container is exempt.",
    see=["OWASP Transport Layer Security"],
)
def addresses_are_encrypted(resource: Resource) -> Problems:
    """An address of another service has an encrypted scheme.

    A network between two services is not a secret channel: whoever takes one end, or the host, reads along.
    """
    for place, address in outside(resource):
        transport = address.scheme.rpartition("+")[2] if address.scheme.endswith(("+http", "+tcp")) else address.scheme
        if transport in ENCRYPTED and transport not in REDIS:
            yield f"{place.path} has a {transport} address; it must be {ENCRYPTED[transport]}"
        if address.scheme.startswith("mongodb") and not _mongodb_is_verified(address):
            yield f"{place.path} has a MongoDB address without tls=true and tlsCAFile"
        if address.scheme.startswith(("mysql", "mariadb")) and not _mysql_is_verified(address):
            yield f"{place.path} has a MySQL address without ssl-mode=VERIFY_IDENTITY"


def _mongodb_is_verified(address: Address) -> bool:
    query = address.query
    return query.get("tls", query.get("ssl")) == "true" and bool(query.get("tlscafile"))


def _mysql_is_verified(address: Address) -> bool:
    said = address.query.get("ssl-mode", address.query.get("sslmode", "")).lower()
    return said in {"verify_identity", "verify-full"} or address.query.get("ssl_verify_identity") == "true"


@each(
    *WORKLOADS,
    severity=Severity.CRITICAL,
    remedy="Remove the switch and give the program the root certificate instead.",
    see=["CKV2_DOCKER_2 to 6 and 12 to 16", "CWE-295"],
)
def verification_is_never_switched_off(resource: Resource) -> Problems:
    """No variable or argument turns the verification of certificates off.

    TLS without verification encrypts to whoever answers.
    """
    workload = Workload(resource)
    for name, value in workload.env():
        if _switches_off(name, value.text):
            yield f"{value.path} switches the verification of certificates off"
        yield from _in_parameters(value)
    for name, value in workload.options():
        if _switches_off(name, value.text):
            yield f"{value.path} switches the verification of certificates off"
    for word in workload.words():
        yield from _in_parameters(word)
    for place in told(resource):
        if SPOKEN.search(place.text):
            yield f"{place.path} switches the verification of certificates off"


@each(
    *FILES,
    severity=Severity.CRITICAL,
    remedy="Remove the switch and give the program the root certificate instead.",
    see=["CWE-295"],
)
def configurations_never_switch_verification_off(resource: Resource) -> Problems:
    """No configuration file turns the verification of certificates off, or calls another service in clear.

    A line in a file does what a variable does, and is overlooked more easily.
    """
    for text in texts(resource):
        known = format_of(text.text) in {Format.HAPROXY, Format.NGINX, Format.SQUID}  # they have rules of their own
        for number, line in lines(text.text):
            match = None if known else SETTING.match(line)
            if SPOKEN.search(line) or (match and _switches_off(match["name"], match["value"])):
                yield f"{text.path} line {number} switches the verification of certificates off"
            clear = () if known else (a for a in addresses(line) if _is_clear(a) and _is_a_service(a.host))
            yield from (f"{text.path} line {number} has a {address.scheme} address of a service" for address in clear)


def _is_clear(address: Address) -> bool:
    """MongoDB says by a parameter whether it is."""
    return address.scheme in CLEAR and not (address.scheme == "mongodb" and _mongodb_is_verified(address))


def _is_a_service(host: str) -> bool:
    """Whether a host is one of the stack's own: a single word, or one of its tasks."""
    return bool(re.fullmatch(r"(?:tasks\.)?[a-z0-9][a-z0-9_-]*", host)) and host not in LOOPBACK


def _switches_off(name: str, value: str) -> bool:
    said = value.lower()
    if name.upper() in BUNDLES:
        return said in {"", "/dev/null"}
    if name.upper().endswith("ENDPOINT_IDENTIFICATION_ALGORITHM"):
        return said in {"", "none"}
    if name.upper() in BYPASSES or INSECURE.search(name):
        return said not in OFF | {""}
    return (name.upper() in OFF_SWITCHES or bool(VERIFYING.search(name))) and said in OFF


def _in_parameters(place: Node) -> Problems:
    for address in addresses(place.text):
        if any(_switches_off(key, value) for key, value in address.query.items()):
            yield f"{place.path} has an address whose parameters switch verification off"
