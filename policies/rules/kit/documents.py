"""What a ServiceConfig holds: its text, and which program reads it, told by its grammar and not by its name."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

from .node import Node
from .resource import Resource


class Format(Enum):
    """The configuration files that rules can read."""

    HAPROXY = "haproxy.cfg"
    NGINX = "nginx.conf"
    PG_HBA = "pg_hba.conf"
    POSTGRESQL = "postgresql.conf"
    PROMETHEUS = "prometheus.yml"
    REDIS = "redis.conf"
    SQUID = "squid.conf"


SIGNS: Final = {
    format_: re.compile(f"^[ \\t]*{sign}", re.MULTILINE)
    for format_, sign in {
        Format.PG_HBA: r"(local|host(no)?(ssl|gssenc)?)[ \t]+\S+[ \t]+\S+",
        Format.HAPROXY: r"(frontend|backend|listen)[ \t]+[^\s;{]+[ \t]*$",
        Format.NGINX: r"(http|events|server|stream|location[ \t][^{;\n]*|upstream[ \t]+\S+)[ \t]*\{",
        Format.SQUID: r"(http_access|https?_port)[ \t]+\S+",
        Format.PROMETHEUS: r"(scrape_configs|alerting|remote_write|remote_read)[ \t]*:",
        Format.POSTGRESQL: r"(ssl|listen_addresses|shared_buffers|ssl_\w+|wal_level|max_connections)[ \t]*=",
        Format.REDIS: r"(port|tls-port|tls-[a-z-]+|appendonly|appendfsync|aclfile|requirepass)[ \t]+\S+",
    }.items()
}


def text_of(config: Resource) -> Node | None:
    """The text of a ServiceConfig, at the path of the property that brings it; None when there is none."""
    raw = config.at("dataRaw")
    if raw.present:
        return raw
    data = config.at("data")
    if not data.present:
        return None
    try:
        return Node(base64.b64decode(data.text, validate=True).decode(), data.path)
    except ValueError:  # not base64, or not text
        return Node("", data.path)


def format_of(text: str) -> Format | None:
    """Which program reads `text`; None when none of those that the rules know."""
    return next((format_ for format_, sign in SIGNS.items() if sign.search(text)), None)


def text_as(config: Resource, wanted: Format) -> str | None:
    """The text of a ServiceConfig when the program that reads it is `wanted`."""
    text = text_of(config)
    return text.text if text and format_of(text.text) is wanted else None


def lines(text: str, comment: str = "#") -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    for number, line in enumerate(text.splitlines(), 1):
        said = line.strip()
        if said and not said.startswith(comment):
            yield number, said
