"""AMQP 0-9-1 as far as being let in: from the greeting to an open virtual host, by certificate or by password."""

import socket
import struct
from collections.abc import Callable

from verify.tls import received

HEADER = b"AMQP\x00\x00\x09\x01"
END = b"\xce"
START, TUNE, OPEN_OK, CLOSE = (10, 10), (10, 30), (10, 41), (10, 50)


class LoginError(Exception):
    """The broker answered, and said no."""


def login(stream: socket.socket, virtual_host: str, *, user: str = "", password: str = "") -> str:
    """Log in and open `virtual_host`: by the certificate that the connection has shown, or as `user`. Returns what the
    broker said last. Raises LoginError, or OSError when the broker only hangs up.
    """
    stream.sendall(HEADER)
    read = _reader(stream)
    method, _ = _method(read)
    if method != START:
        raise LoginError("no greeting")
    mechanism, response = ("PLAIN", f"\0{user}\0{password}") if user else ("EXTERNAL", "")
    _send(stream, (10, 11), b"\0\0\0\0" + _short(mechanism) + _long(response) + _short("en_US"))
    method, arguments = _method(read)
    if method != TUNE:
        raise LoginError(_reason(method, arguments))
    _send(stream, (10, 31), arguments[:8])
    _send(stream, (10, 40), _short(virtual_host) + _short("") + b"\0")
    method, arguments = _method(read)
    if method != OPEN_OK:
        raise LoginError(_reason(method, arguments))
    return f"opened {virtual_host}"


def _send(stream: socket.socket, method: tuple[int, int], arguments: bytes) -> None:
    payload = struct.pack(">HH", *method) + arguments
    stream.sendall(struct.pack(">BHI", 1, 0, len(payload)) + payload + END)


def _method(read: Callable[[int], bytes]) -> tuple[tuple[int, int], bytes]:
    kind, _, size = struct.unpack(">BHI", read(7))
    payload = read(size + 1)[:-1]
    if kind != 1:
        raise LoginError("no AMQP")
    class_id, method_id = struct.unpack(">HH", payload[:4])
    return (class_id, method_id), payload[4:]


def _reader(stream: socket.socket) -> Callable[[int], bytes]:
    buffer = bytearray()

    def read(size: int) -> bytes:
        while len(buffer) < size:
            buffer.extend(received(stream))
        taken = bytes(buffer[:size])
        del buffer[:size]
        return taken

    return read


def _short(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def _long(text: str) -> bytes:
    return struct.pack(">I", len(text)) + text.encode()


def _reason(method: tuple[int, int], arguments: bytes) -> str:
    return arguments[3 : 3 + arguments[2]].decode(errors="replace") if method == CLOSE else f"answered {method}"
