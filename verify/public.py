"""The platform as its clients meet it: through the published ports of this machine."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from diagram import Edge
from verify.running import Target

HERE = "127.0.0.1"
SECONDS = 35
"""Longer than the gateway waits for anything."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Public:
    """The way in: the gateway's name, the edge's ports, and what signs the gateway's certificate."""

    host: str
    http: int
    https: int
    roots: bytes = field(repr=False)

    @staticmethod
    def of(target: Target) -> "Public":
        """The way into the target."""
        edge = next(service for service in target.system.services if isinstance(service, Edge))
        signer = "root.pem" if edge.gateway.certificate == "root" else "gateway.pem"
        roots = target.of(edge.gateway.name)[0].file(f"/run/secrets/{signer}").read_bytes()
        return Public(edge.gateway.host, edge.http, edge.https, roots)

    @property
    def url(self) -> str:
        """What a client writes before a path."""
        return f"https://{self.host}" + ("" if self.https == 443 else f":{self.https}")

    def connect(
        self, *, highest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED, alpn: tuple[str, ...] = ("http/1.1",)
    ) -> ssl.SSLSocket:
        """A TLS connection, verified as any client does. Raises OSError."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.maximum_version = highest
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=self.roots.decode())
        context.set_alpn_protocols(list(alpn))
        plain = socket.create_connection((HERE, self.https), SECONDS)
        try:
            return context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """One request on a connection of its own. Raises OSError or http.client.HTTPException."""
        with self.connect() as stream:
            return request(stream, self.authority, method, path, headers, body)

    def ask_plain(self, path: str) -> Answer:
        """A GET on the port without TLS."""
        with socket.create_connection((HERE, self.http), SECONDS) as stream:
            return request(stream, self.host, "GET", path)

    @property
    def authority(self) -> str:
        """The Host header."""
        return self.url.removeprefix("https://")


def request(
    stream: socket.socket,
    host: str,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """One request on `stream`, which stays open."""
    connection = http.client.HTTPConnection(host)
    connection.sock = stream
    sent = {"Host": host, "User-Agent": "Mozilla/5.0", "Accept": "*/*"} | dict(headers or {})
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())
