"""What this service was given: the callees and secrets that its environment names, read once and never shown.

Every client gets its TLS from `verified`, because the libraries' own defaults are weaker: redis-py and Celery accept a
certificate for another name, and trust the public authorities beside ours.
"""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit


class LinkError(Exception):
    """A variable of the environment is missing, or asks for less than a verified link."""


@dataclass(frozen=True)
class Http:
    """A service that is called over HTTP."""

    name: str
    url: str
    tls: ssl.SSLContext = field(repr=False)
    alive: str = "/health"
    """The page that says that it lives."""


@dataclass(frozen=True)
class Postgres:
    """A database; `conninfo` holds no password."""

    name: str
    conninfo: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Redis:
    """A cache and queue."""

    name: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: ssl.SSLContext = field(repr=False)


@dataclass(frozen=True)
class Amqp:
    """A message broker, which knows its callers by their certificates."""

    name: str
    host: str
    port: int
    user: str
    virtual_host: str
    tls: ssl.SSLContext = field(repr=False)


@dataclass(frozen=True)
class Egress:
    """The only way out: a proxy that admits `hosts`."""

    name: str
    proxy: str
    hosts: frozenset[str]


Link = Http | Postgres | Redis | Amqp | Egress
L = TypeVar("L", Http, Postgres, Redis, Amqp, Egress)


def verified(authority: str, certificate: str, key: str) -> ssl.SSLContext:
    """TLS 1.3 that trusts `authority` alone, checks the callee's name, and shows this caller's certificate."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.minimum_version = ssl.TLSVersion.TLSv1_3
    tls.load_verify_locations(authority)
    tls.load_cert_chain(certificate, key)
    return tls


class Links:
    """The links that `env` describes, by the callee's name in the diagram."""

    def __init__(self, env: Mapping[str, str] = os.environ) -> None:
        self.env = env
        prefixes = [variable.removesuffix("_URL") for variable in sorted(env) if variable.endswith("_URL")]
        found = [link for prefix in prefixes if (link := self._link(prefix))]
        if proxy := env.get("EGRESS_PROXY"):
            found.append(Egress("egress", proxy, frozenset(env.get("EGRESS_HOSTS", "").split(",")) - {""}))
        self.callees: dict[str, Link] = {link.name: link for link in found}

    def to(self, name: str, kind: type[L]) -> L:
        """The link to the callee `name`. Raises LinkError when it was not given."""
        link = self.callees.get(name)
        if not isinstance(link, kind):
            raise LinkError(f"{name}: the environment describes no {kind.__name__} link of this name")
        return link

    def store(self, name: str) -> tuple[str, str, str]:
        """The bucket, the user and the secret key of the object store `name`. Raises LinkError."""
        prefix = variable(name, "").rstrip("_")
        try:
            return self.env[f"{prefix}_BUCKET"], self.env[f"{prefix}_USER"], self._password(prefix)
        except KeyError as missing:
            raise LinkError(f"{missing}: not given") from None

    def secret(self, name: str) -> bytes | None:
        """The content of the secret file `name`, or None when this stack has none: its feature is off."""
        path = self.env.get(variable(name, "FILE"))
        return Path(path).read_bytes().strip() if path else None

    def required_secret(self, name: str) -> bytes:
        """The content of the secret file `name`. Raises LinkError when it is absent or empty."""
        if content := self.secret(name):
            return content
        raise LinkError(f"{variable(name, 'FILE')}: names no secret")

    def _link(self, prefix: str) -> Link | None:
        name, url = prefix.lower().replace("_", "-"), self.env[f"{prefix}_URL"]
        match urlsplit(url).scheme:
            case "https" if f"{prefix}_CA_FILE" in self.env:
                tls = verified(*(self._given(prefix, file) for file in ("CA", "CERT", "KEY")))
                is_store = f"{prefix}_BUCKET" in self.env
                return Http(name, url, tls, *(["/minio/health/live"] if is_store else []))
            case "postgresql":
                return self._postgres(prefix, name, url)
            case "rediss":
                return self._redis(prefix, name, url)
            case "amqps":
                return self._amqp(prefix, name, url)
            case "http" | "redis" | "amqp":
                raise LinkError(f"{prefix}_URL: the link must be encrypted")
        return None

    def _postgres(self, prefix: str, name: str, url: str) -> Postgres:
        options = parse_qs(urlsplit(url).query)
        if options.get("sslmode") != ["verify-full"] or "sslrootcert" not in options:
            raise LinkError(f"{prefix}_URL: accepted is sslmode=verify-full with an sslrootcert")
        return Postgres(name, f"{url}&ssl_min_protocol_version=TLSv1.3", self._password(prefix))

    def _redis(self, prefix: str, name: str, url: str) -> Redis:
        parts, tls = urlsplit(url), _tls(prefix, url, "ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
        host, port = parts.hostname or "", parts.port or 6379
        return Redis(name, host, port, parts.username or "", self._password(prefix), tls)

    def _amqp(self, prefix: str, name: str, url: str) -> Amqp:
        parts, tls = urlsplit(url), _tls(prefix, url, "cacertfile", "certfile", "keyfile")
        host, port = parts.hostname or "", parts.port or 5671
        return Amqp(name, host, port, parts.username or "", parts.path.lstrip("/"), tls)

    def _password(self, prefix: str) -> str:
        return Path(self._given(prefix, "PASSWORD")).read_text().strip()

    def _given(self, prefix: str, what: str) -> str:
        try:
            return self.env[f"{prefix}_{what}_FILE"]
        except KeyError as missing:
            raise LinkError(f"{missing}: not given") from None


def _tls(prefix: str, url: str, *files: str) -> ssl.SSLContext:
    """The context of the three files that the address names. Raises LinkError for one that it lacks."""
    options = parse_qs(urlsplit(url).query)
    try:
        return verified(*(options[file][0] for file in files))
    except KeyError as missing:
        raise LinkError(f"{prefix}_URL: lacks {missing}") from None


def variable(name: str, suffix: str) -> str:
    """The variable of the environment that speaks of `name`."""
    return f"{name.upper().replace('-', '_')}_{suffix}"
