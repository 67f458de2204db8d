"""As much of PostgreSQL's protocol as a login needs: TLS, SCRAM-SHA-256, ready."""

import hashlib
import hmac
import secrets
import socket
import struct
from base64 import b64decode, b64encode

from verify.tls import received

_MECHANISM = b"SCRAM-SHA-256"


class LoginError(Exception):
    """The server's own code and message."""


def ask_for_tls(stream: socket.socket) -> None:
    """PostgreSQL's opening: ask whether it speaks TLS. Raises ConnectionError when it does not."""
    stream.sendall(struct.pack(">2I", 8, 80877103))
    if received(stream, 1) != b"S":
        raise ConnectionError("does not speak TLS")


def login(stream: socket.socket, user: str, password: str, database: str) -> str:
    """Log in to the point where a query would be taken, and leave. Raises LoginError."""
    words = f"user\0{user}\0database\0{database}\0\0".encode()
    stream.sendall(struct.pack(">2I", len(words) + 8, 196608) + words)
    conversation = _Scram(password)
    while True:
        kind, body = _message(stream)
        if kind == b"E":
            raise LoginError(_fault(body))
        if kind == b"R" and (reply := conversation.answer(body)):
            stream.sendall(reply)
        if kind == b"Z":
            stream.sendall(b"X" + struct.pack(">I", 4))
            return f"logged in as {user}"


def _message(stream: socket.socket) -> tuple[bytes, bytes]:
    kind, length = struct.unpack(">cI", _exactly(stream, 5))
    return kind, _exactly(stream, length - 4)


def _exactly(stream: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += received(stream, size - len(data))
    return data


def _fault(body: bytes) -> str:
    fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    return f"{fields.get(b'C', '')} {fields.get(b'M', '')}".strip()


class _Scram:
    """The client's side of SCRAM-SHA-256 (RFC 7677), without channel binding."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()
        self._first = f"n=,r={secrets.token_urlsafe(18)}"

    def answer(self, body: bytes) -> bytes:
        """What to send after an authentication message; nothing once the server is satisfied."""
        step, content = struct.unpack(">I", body[:4])[0], body[4:]
        if step == 10:
            if _MECHANISM not in content.split(b"\0"):
                raise LoginError("offers no SCRAM-SHA-256")
            first = f"n,,{self._first}".encode()
            return _password_message(_MECHANISM + b"\0" + struct.pack(">I", len(first)) + first)
        if step == 11:
            return _password_message(self._proof(content.decode()))
        if step not in {0, 12}:
            raise LoginError(f"asks for authentication method {step}")
        return b""

    def _proof(self, server_first: str) -> bytes:
        given = dict(part.split("=", 1) for part in server_first.split(","))
        salted = hashlib.pbkdf2_hmac("sha256", self._password, b64decode(given["s"]), int(given["i"]))
        key = hmac.digest(salted, b"Client Key", "sha256")
        bare = f"c=biws,r={given['r']}"
        signed = f"{self._first},{server_first},{bare}".encode()
        signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
        proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
        return f"{bare},p={b64encode(proof).decode()}".encode()


def _password_message(content: bytes) -> bytes:
    return b"p" + struct.pack(">I", len(content) + 4) + content
