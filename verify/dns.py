"""One DNS question over UDP, asked where the calling thread is."""

import secrets
import socket
import struct
from dataclasses import dataclass

DOCKER = "127.0.0.11"
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}


@dataclass(frozen=True)
class Answer:
    """`rcode` is None when nothing came back."""

    rcode: int | None
    addresses: tuple[str, ...] = ()

    @property
    def is_an_answer(self) -> bool:
        """Whether somebody who knows the name, or knows that it does not exist, was asked."""
        return self.rcode in {0, 3}

    def __str__(self) -> str:
        if self.rcode is None:
            return "no answer"
        return " ".join([RCODES.get(self.rcode, f"rcode {self.rcode}"), *self.addresses])


def ask(name: str, server: str = DOCKER, timeout: float = 2.0) -> Answer:
    """The IPv4 addresses of `name` as `server` tells them."""
    number = secrets.randbits(16)
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(timeout)
        try:
            asking.sendto(question, (server, 53))
            reply = asking.recv(4096)
        except OSError:
            return Answer(None)
    return _read(reply) if reply[:2] == question[:2] else Answer(None)


def _read(reply: bytes) -> Answer:
    _, flags, questions, answers, _, _ = struct.unpack(">6H", reply[:12])
    at = 12
    for _ in range(questions):
        at = _after_name(reply, at) + 4
    addresses = []
    for _ in range(answers):
        at = _after_name(reply, at)
        kind, _, _, length = struct.unpack(">2HIH", reply[at : at + 10])
        at += 10
        if kind == 1:
            addresses.append(socket.inet_ntoa(reply[at : at + 4]))
        at += length
    return Answer(flags & 15, tuple(addresses))


def _after_name(reply: bytes, at: int) -> int:
    while reply[at]:
        if reply[at] >= 0xC0:
            return at + 2
        at += reply[at] + 1
    return at + 1
