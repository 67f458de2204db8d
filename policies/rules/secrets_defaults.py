"""Secrets that everybody knows: credentials that a manual prints, given or left to the image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .kit import settings_files as files
from .kit.address import addresses
from .kit.documents import Format, decoded, documents, lines, texts
from .kit.node import Node
from .kit.resource import Resource
from .kit.rule import CONFIG, CONTAINER, SECRET, WORKLOADS, Problems, Severity, each
from .kit.workload import Workload

GENERATED: Final = "Give a generated password as the file of a docker.Secret."
KNOWN: Final = ["CWE-1392", "CWE-798", "OWASP ASVS 2.5.4"]
WORDS: Final = frozenset({
    "admin", "admin123", "adminadmin", "administrator", "arthas", "calvin", "cassandra", "change_me", "change-me",
    "changeit", "changeme", "changethis", "couchbase", "default", "demo", "elastic", "example", "grafana", "guest",
    "influxdb", "jenkins", "keycloak", "letmein", "mariadb", "minio", "minio123", "minioadmin", "mongo", "mongodb",
    "mysecretpassword", "mysql", "nacos", "neo4j", "nexus", "pass", "password", "password1", "password123", "passw0rd",
    "p@ssw0rd", "pgadmin", "postgres", "public", "qwerty", "rabbitmq", "redis", "root", "rootpassword", "secret",
    "secretpassword", "sonar", "supersecret", "superuser", "test", "toor", "user", "vagrant", "welcome", "zabbix",
    "123456", "12345678", "123456789", "1234", "12345", "0000",
})  # fmt: skip
OPENED: Final = re.compile(r"(?:^|[_.\-])(?:PASS|PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET_?KEY|ACCESS_?KEY|TOKEN|SECRET)$")
SECRET_NAME: Final = re.compile(r"(?i)(?:pass(?:word|wd|phrase)?|requirepass|masterauth|secret_?key)$")
SAID: Final = re.compile(r"""^[\s-]*(?P<name>[\w.-]+)["']?\s*[=:\s]\s*["']?(?P<value>[^"'\s;,]+)["']?[;,]?\s*$""")
OPEN_DOORS: Final = (
    (r"ALLOW_EMPTY_(?:ROOT_)?PASSWORD$|ALLOW_ANONYMOUS_LOGIN$|ALLOW_PLAINTEXT_LISTENER$", r"(?!(?:no|false|0|)$).*"),
    (r"POSTGRES_HOST_AUTH_METHOD$", r"trust"),
    (r"NEO4J_AUTH$", r"none|neo4j/(?:neo4j|password|test)"),
    (r"GF_AUTH_ANONYMOUS_ENABLED$", r"true|1"),
    (r"(?:^|[_.])(?:xpack[._]security[._]enabled|plugins[._]security[._](?:ssl|enabled))$", r"false"),
    (r"DISABLE_SECURITY_PLUGIN$|DISABLE_SECURITY$|DISABLE_AUTH(?:ENTICATION)?$|AUTH_DISABLED$", r"true|1|yes"),
    (r"AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED$|ALLOW_ANONYMOUS$", r"true|1|yes"),
    (r"AUTH_STRATEGY$|AUTH_MODE$", r"none|no"),
)
"""Variables whose value lets everybody in."""


@dataclass(frozen=True)
class Fallback:
    """What `image` falls back to without any of `variables`, and without a word like `words` for its `server`."""

    image: str
    variables: tuple[str, ...]
    to: str
    words: str = r"(?!)"
    server: str = ""


NOBODY: Final = "no authentication"
GUARDED: Final = r"--requirepass|--aclfile|.*\.conf"
FALLBACKS: Final = (
    Fallback("rabbitmq", ("RABBITMQ_DEFAULT_PASS_FILE", "RABBITMQ_DEFAULT_PASS"), "guest/guest"),
    Fallback("minio", ("MINIO_ROOT_PASSWORD_FILE", "MINIO_ROOT_PASSWORD", "MINIO_SECRET_KEY", "MINIO_CONFIG_ENV_FILE"),
             "minioadmin/minioadmin"),
    Fallback("grafana", ("GF_SECURITY_ADMIN_PASSWORD__FILE", "GF_SECURITY_ADMIN_PASSWORD"), "admin/admin"),
    Fallback("mongo", ("MONGO_INITDB_ROOT_PASSWORD_FILE", "MONGO_INITDB_ROOT_PASSWORD"),
             NOBODY, r"--auth|--keyFile|--config|-f", "mongod"),
    Fallback("redis", ("REDIS_PASSWORD_FILE", "REDIS_PASSWORD"), NOBODY, GUARDED, "redis-server"),
    Fallback("valkey", ("VALKEY_PASSWORD_FILE", "VALKEY_PASSWORD"), NOBODY, GUARDED, "valkey-server"),
    Fallback("keycloak", ("KC_BOOTSTRAP_ADMIN_PASSWORD", "KEYCLOAK_ADMIN_PASSWORD", "KC_CONFIG_FILE"), "admin/admin",
             r"start(?!-dev).*"),
    Fallback("mongo-express", ("ME_CONFIG_BASICAUTH_PASSWORD_FILE", "ME_CONFIG_BASICAUTH_PASSWORD"), "admin/pass"),
    Fallback("neo4j", ("NEO4J_AUTH_FILE", "NEO4J_AUTH"), "neo4j/neo4j"),
    Fallback("activemq", ("ACTIVEMQ_ADMIN_PASSWORD", "ACTIVEMQ_WEB_PASSWORD"), "admin/admin"),
    Fallback("emqx", ("EMQX_DASHBOARD__DEFAULT_PASSWORD",), "admin/public"),
    Fallback("clickhouse", ("CLICKHOUSE_PASSWORD_FILE", "CLICKHOUSE_PASSWORD"), NOBODY),
    Fallback("influxdb", ("DOCKER_INFLUXDB_INIT_PASSWORD_FILE", "DOCKER_INFLUXDB_INIT_PASSWORD",
                          "INFLUXDB_HTTP_AUTH_ENABLED"), NOBODY),
    Fallback("couchdb", ("COUCHDB_PASSWORD",), NOBODY),
    Fallback("cassandra", ("CASSANDRA_AUTHENTICATOR", "CASSANDRA_PASSWORD_SEEDER"), "cassandra/cassandra"),
    Fallback("solr", ("SOLR_AUTH_TYPE", "SOLR_SECURITY_MANAGER_ENABLED"), NOBODY),
    Fallback("sonarqube", ("SONAR_WEB_SYSTEMPASSCODE",), "admin/admin"),
)  # fmt: skip


@each(*WORKLOADS, SECRET, severity=Severity.CRITICAL, remedy=GENERATED, see=KNOWN)
def default_credentials_are_not_used(resource: Resource) -> Problems:
    """No service is given credentials that a manual prints, nor told to ask for none.

    They are the first that a scanner tries.
    """
    if resource.type == SECRET:
        data = resource.at("data")
        if not data.unknown and decoded(data.text).strip().lower() in WORDS:
            yield f"{data.path} is a default password"
        return
    workload = Workload(resource)
    for name, value in (*workload.env(), *workload.options()):
        if not value.unknown:
            yield from _known(name, value)


def _known(name: str, value: Node) -> Problems:
    said, upper = value.text.strip("'\"").lower(), name.upper()
    if (OPENED.search(upper) or upper in {"REQUIREPASS", "MASTERAUTH"}) and said in WORDS:
        yield f"{value.path} is a default password"
    if any(re.search(door, name, re.IGNORECASE) and re.fullmatch(yes, said) for door, yes in OPEN_DOORS):
        yield f"{value.path} lets everybody in"
    if any(address.password.lower() in WORDS for address in addresses(value.text)):
        yield f"{value.path} has an address with a default password"


@each(*WORKLOADS, severity=Severity.CRITICAL, remedy=GENERATED, see=KNOWN)
def images_are_not_left_to_their_defaults(resource: Resource) -> Problems:
    """No image is left to the credentials that it falls back to when it is given none.

    A variable that is missing is a door that is open: guest/guest, minioadmin, or nobody asked at all.
    """
    workload = Workload(resource)
    image = workload.at("image").text.partition("@")[0].rpartition("/")[2].partition(":")[0]
    fallback = next((known for known in FALLBACKS if image in {known.image, f"{known.image}-server"}), None)
    if fallback is None or any(name in fallback.variables for name, _ in workload.env()):
        return
    words = [word for text in workload.words() for word in text.text.split()]
    another = bool(words) and not words[0].startswith("-") and fallback.server not in " ".join(words)
    told = any(re.fullmatch(fallback.words, word.partition("=")[0]) for word in words)
    if not (another or told or _configured(workload)):
        missing = f"{workload.at('env').path} has no {fallback.variables[0]}"
        yield f"{missing}: the image falls back to {fallback.to}"


def _configured(workload: Workload) -> bool:
    """Whether it mounts or is sent configuration files, which rules of their own read."""
    held = (workload.at("configs"), workload.resource.at("uploads"))
    return any(True for place in held for _ in place.each())


@each(CONFIG, CONTAINER, severity=Severity.CRITICAL, remedy=GENERATED, see=KNOWN)
def configurations_hold_no_default_credentials(resource: Resource) -> Problems:
    """No configuration file names credentials that a manual prints, or switches authentication off.

    What a file says is as public as a variable, and as easily overlooked.
    """
    for text in texts(resource):
        for number, line in lines(text.text):
            for fault in _line(line):
                yield f"{text.path} line {number} {fault}"
    for document in documents(resource, Format.RABBITMQ):
        settings = files.rabbitmq(document.text)
        if settings.get("loopback_users", "") == "none" or settings.get("loopback_users.guest", "true") == "false":
            yield f"{document.path}: rabbitmq.conf lets guest in from everywhere"


def _line(line: str) -> Iterator[str]:
    match = SAID.match(line)
    said = match["value"].lower() if match else ""
    if match and said in WORDS and SECRET_NAME.search(match["name"]):
        yield "names a default password"
    if match and match["name"].lower() == "authorization" and said == "disabled":
        yield "switches authentication off"
