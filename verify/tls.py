"""A TLS client that can be anybody: an identity held in memory, and a handshake that is complete only when heard."""

import os
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Identity:
    """A certificate and its key, PEM. They never reach a disk."""

    name: str
    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)

    @staticmethod
    def read(certificate: Path, name: str) -> "Identity":
        """The pair in `certificate` and ``<certificate>.key``."""
        return Identity(name, certificate.read_bytes(), certificate.with_name(f"{certificate.name}.key").read_bytes())


def identities(files: list[Path]) -> list[Identity]:
    """The pairs of certificate and key among `files`."""
    names = {path.name for path in files}
    return [Identity.read(path, path.name) for path in files if f"{path.name}.key" in names]


@contextmanager
def in_memory(content: bytes) -> Iterator[str]:
    """A path for what only takes a path; what is there is in memory and gone afterwards."""
    descriptor = os.memfd_create("identity", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, content)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def client(roots: bytes, identity: Identity | None, *, checks_name: bool = True) -> ssl.SSLContext:
    """A context that trusts `roots` alone and shows `identity`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = checks_name
    context.load_verify_locations(cadata=roots.decode())
    if identity:
        show(context, identity)
    return context


def show(context: ssl.SSLContext, identity: Identity) -> None:
    """Make `context` show `identity` to its peers."""
    with in_memory(identity.certificate + b"\n" + identity.key) as path:
        context.load_cert_chain(path)


def is_open(address: str, port: int, timeout: float = 1.0, *, arrives: Callable[[int], bool] = lambda _: True) -> bool:
    """Whether a TCP connection opens from where the calling thread is, and `arrives`, asked for its source port."""
    try:
        with socket.create_connection((address, port), timeout) as stream:
            return arrives(stream.getsockname()[1])
    except OSError:
        return False


def received(stream: socket.socket, limit: int = 65536) -> bytes:
    """The next bytes. Raises ConnectionError at the end: a TLS 1.3 server says only here that it refuses us."""
    data = stream.recv(limit)
    if not data:
        raise ConnectionError("closed without an answer")
    return data
