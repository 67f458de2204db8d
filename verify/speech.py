"""What a caller says to a callee once they are connected: the shortest talk that proves it was let in."""

import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from diagram import Link, Protocol
from verify import amqp, postgres, s3
from verify.running import Task
from verify.tls import Identity, client, received

SECONDS = 5


class RefusedError(Exception):
    """The callee answered, and said no."""


@dataclass(frozen=True)
class Credential:
    """What a caller was given for one link: a certificate, and a login where the callee asks for one."""

    identity: Identity | None
    roots: bytes = field(repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    database: str = ""
    """Of an object store, what it may list there."""

    @staticmethod
    def of(task: Task, link: Link) -> "Credential":
        """The credential of `task`, read from its mounted files."""
        folder = task.file("/run/secrets")
        password = folder / f"{link.callee}.password"
        prefix = link.callee.upper().replace("-", "_")
        url = urlsplit(task.env.get(f"{prefix}_URL", ""))
        listing = f"{link.bucket}?list-type=2&prefix={quote(''.join(link.prefixes[:1]), safe='')}"
        return Credential(
            identity=Identity.read(folder / f"{link.callee}.pem", link.caller),
            roots=(folder / "root.pem").read_bytes(),
            user=url.username or task.env.get(f"{prefix}_USER", ""),
            password=password.read_text() if password.exists() else "",
            database=listing if link.bucket else url.path.lstrip("/"),
        )


def talk(address: str, port: int, link: Link, credential: Credential, *, path: str = "/", server: str = "") -> str:
    """Connect as the caller of `link` does, and return what proves that it was let in.

    `server` is the name that the callee must prove, where it is not its own. Raises OSError (of which ssl.SSLError is
    one) or RefusedError when it was not let in.
    """
    context = client(credential.roots, credential.identity)
    with socket.create_connection((address, port), SECONDS) as plain:
        if link.protocol is Protocol.postgres:
            postgres.ask_for_tls(plain)
        with context.wrap_socket(plain, server_hostname=server or link.callee) as stream:
            return f"{stream.version()}, {SPEECH[link.protocol](stream, credential, path)}"


def _http(stream: ssl.SSLSocket, _: Credential, path: str) -> str:
    status = _status(stream, path)
    if status in {400, 401, 403, 421}:
        raise RefusedError(f"HTTP {status}")
    return f"HTTP {status}"


def _proxy(stream: ssl.SSLSocket, _: Credential, path: str) -> str:
    """A request without a host: the proxy refuses it by itself, which proves that it listened to us."""
    return f"HTTP {_status(stream, path)}"


def _s3(stream: ssl.SSLSocket, credential: Credential, _: str) -> str:
    """A listing under the caller's own prefix, signed with its key."""
    path, _, query = f"/{credential.database}".partition("?")
    headers = s3.signed("GET", path, str(stream.server_hostname), credential.user, credential.password, query)
    status = _status(stream, f"{path}?{query}", headers)
    if status >= 400:
        raise RefusedError(f"HTTP {status}")
    return f"HTTP {status}, as {credential.user}"


def _status(stream: ssl.SSLSocket, path: str, headers: Mapping[str, str] | None = None) -> int:
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    request = f"GET {path} HTTP/1.1\r\nHost: {stream.server_hostname}\r\nConnection: close\r\n{more}\r\n"
    stream.sendall(request.encode())
    words = received(stream).split(b" ", 2)
    if not words[0].startswith(b"HTTP/"):
        raise RefusedError("no HTTP answer")
    return int(words[1])


def _postgres(stream: ssl.SSLSocket, credential: Credential, _: str) -> str:
    try:
        return postgres.login(stream, credential.user, credential.password, credential.database)
    except postgres.LoginError as error:
        raise RefusedError(str(error)) from None


def _redis(stream: ssl.SSLSocket, credential: Credential, _: str) -> str:
    for command in (("AUTH", credential.user, credential.password), ("PING",)):
        words = "".join(f"${len(word.encode())}\r\n{word}\r\n" for word in command)
        stream.sendall(f"*{len(command)}\r\n{words}".encode())
        answer = received(stream).decode(errors="replace").strip()
        if answer.startswith("-"):
            raise RefusedError(answer[1:].split(" ", 1)[0])
    return answer


def _amqp(stream: ssl.SSLSocket, credential: Credential, _: str) -> str:
    """By the certificate; with a password, as a caller does that knows no better."""
    user = credential.user if credential.password else ""
    try:
        return amqp.login(stream, credential.database, user=user, password=credential.password)
    except amqp.LoginError as error:
        raise RefusedError(str(error)) from None


def _tcp(stream: ssl.SSLSocket, _: Credential, __: str) -> str:
    stream.settimeout(1)
    try:
        received(stream)
    except TimeoutError:
        return "no objection"
    return "an answer"


SPEECH: Mapping[Protocol, Callable[[ssl.SSLSocket, Credential, str], str]] = {
    Protocol.http: _http,
    Protocol.proxy: _proxy,
    Protocol.postgres: _postgres,
    Protocol.redis: _redis,
    Protocol.amqp: _amqp,
    Protocol.s3: _s3,
    Protocol.tcp: _tcp,
}
"""Passthrough has none: its end is the client, not the edge."""
