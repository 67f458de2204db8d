"""The files that programs are configured by: their text, and who reads it, told by its grammar and not by its name."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from .node import Node
from .resource import Resource
from .rule import CONFIG


class Format(Enum):
    """The configuration files that rules can read."""

    ALERTS = "alert rules"
    HAPROXY = "haproxy.cfg"
    MONGOD = "mongod.conf"
    NGINX = "nginx.conf"
    PG_HBA = "pg_hba.conf"
    PGBOUNCER = "pgbouncer.ini"
    POSTGRESQL = "postgresql.conf"
    PROMETHEUS = "prometheus.yml"
    RABBITMQ = "rabbitmq.conf"
    REDIS = "redis.conf"
    SQUID = "squid.conf"
    WEB = "prometheus web configuration"


SIGNS: Final = {
    format_: re.compile(f"^[ \\t]*{sign}", re.MULTILINE)
    for format_, sign in {
        Format.PGBOUNCER: r"\[(pgbouncer|databases)\][ \t]*$",
        Format.PG_HBA: r"(local|host(no)?(ssl|gssenc)?)[ \t]+[^\s=:]\S*[ \t]+\S+",
        Format.HAPROXY: r"(frontend|backend|listen)[ \t]+[^\s;{]+[ \t]*$",
        Format.NGINX: r"(http|events|server|stream|location[ \t][^{;\n]*|upstream[ \t]+\S+)[ \t]*\{",
        Format.SQUID: r"(http_access|https?_port)[ \t]+\S+",
        Format.PROMETHEUS: r"(scrape_configs|alerting|remote_write|remote_read)[ \t]*:",
        Format.ALERTS: r"-?[ \t]*(alert|record)[ \t]*:",
        Format.WEB: r"(tls_server_config|http_server_config|basic_auth_users)[ \t]*:",
        Format.RABBITMQ: r"(listeners\.(tcp|ssl)|ssl_options|management|default_(user|pass)|loopback_users)\b",
        Format.POSTGRESQL: r"(ssl|listen_addresses|shared_buffers|ssl_\w+|wal_level|max_connections)[ \t]*=",
        Format.MONGOD: r"(dbPath|replSetName|clusterAuthMode|certificateKeyFile|wiredTiger)[ \t]*:",
        Format.REDIS: r"(port|tls-[a-z-]+|append[a-z]+|aclfile|requirepass|maxmemory|protected-mode)[ \t]+\S+",
    }.items()
}


def texts(resource: Resource) -> Iterator[Node]:
    """The files that a ServiceConfig or the uploads of a Container bring, at the path of the property that does."""
    if resource.type == CONFIG:
        yield from _content(resource.at("dataRaw"), resource.at("data"))
    else:
        for upload in resource.at("uploads").each():
            yield from _content(upload.at("content"), upload.at("contentBase64"))


def _content(plain: Node, encoded: Node) -> Iterator[Node]:
    if plain.present:
        yield plain
    elif encoded.present:
        yield encoded.of(decoded(encoded.text))


@lru_cache(maxsize=4096)
def decoded(text: str) -> str:
    """The text that `text` is the base64 of; empty when it is none, or of something else than text."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


@lru_cache(maxsize=4096)
def format_of(text: str) -> Format | None:
    """Which program reads `text`; None when none of those that the rules know."""
    return next((format_ for format_, sign in SIGNS.items() if sign.search(text)), None)


def documents(resource: Resource, wanted: Format) -> Iterator[Node]:
    """The files that `resource` brings for the program that reads `wanted`."""
    for text in texts(resource):
        if format_of(text.text) is wanted:
            yield text.of(text.text)


@lru_cache(maxsize=1024)
def parsed(text: str) -> Any:
    """The YAML document that `text` is. Raises ValueError where it is none."""
    import yaml  # noqa: PLC0415 -- only stacks that bring such a file pay for it

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- both are safe
    except yaml.YAMLError:
        raise ValueError("is not YAML") from None


def lines(text: str, comment: str = "#") -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    for number, line in enumerate(text.splitlines(), 1):
        said = line.strip()
        if said and not said.startswith(comment):
            yield number, said
