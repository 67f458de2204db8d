"""Being inside a task's network without being in its container: no tool is needed in the image."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def network_of(pid: int) -> Iterator[None]:
    """The calling thread, and no other, opens its sockets in the network of process `pid`. Needs root."""
    with Path(f"/proc/{pid}/ns/net").open() as theirs, Path("/proc/thread-self/ns/net").open() as ours:
        _enter(theirs.fileno())
        try:
            yield
        finally:
            _enter(ours.fileno())


def _enter(descriptor: int) -> None:
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot enter a network namespace: {os.strerror(number)}")


LISTEN, TIME_WAIT = "0A", "06"
"""States of a socket, as the kernel's table writes them."""


@dataclass(frozen=True)
class Connection:
    """A line of a network's TCP table; `peer` is the other end's port."""

    address: str
    port: int
    peer: int
    listens: bool


def connections(pid: int) -> Iterator[Connection]:
    """The TCP sockets of process `pid`'s network, but for those of connections that have ended (TIME_WAIT).

    An ended one is kept for a minute, and would be taken for another's that comes from the same port.
    """
    for table in (Path(f"/proc/{pid}/net/tcp"), Path(f"/proc/{pid}/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            _, local, remote, state, *_ = line.split()
            address, port = local.split(":")
            if state != TIME_WAIT:
                yield Connection(address, int(port, 16), int(remote.split(":")[1], 16), state == LISTEN)


def listening(pid: int) -> frozenset[int]:
    """The TCP ports on which that network's processes listen, but for those on loopback addresses only."""
    found = (it for it in connections(pid) if it.listens)
    return frozenset(it.port for it in found if not _is_loopback4(it.address) and not _is_loopback6(it.address))


def has_arrived(pid: int, port: int, source: int) -> bool:
    """Whether a connection from the port `source` is known at `port` of that network.

    That a connection opens does not say who answered: a router on the way out may accept whatever passes.
    """
    return any(it.port == port and it.peer == source for it in connections(pid) if not it.listens)


def _is_loopback4(address: str) -> bool:
    return len(address) == 8 and address.endswith(
        "7F"
    )  # the kernel writes it in the machine's byte order: 127.0.0.1 is 0100007F


def _is_loopback6(address: str) -> bool:
    is_mapped = address.startswith("0000000000000000FFFF0000")
    return address == "00000000000000000000000001000000" or (is_mapped and _is_loopback4(address[24:]))


def default_routes(pid: int) -> list[str]:
    """The interfaces by which that network has a way to everywhere, by IPv4 or IPv6."""
    rows = [line.split() for line in Path(f"/proc/{pid}/net/route").read_text().splitlines()[1:]]
    found = [row[0] for row in rows if row[1] == row[7] == "0" * 8]
    ipv6 = Path(f"/proc/{pid}/net/ipv6_route")
    rows = [line.split() for line in ipv6.read_text().splitlines()] if ipv6.exists() else []
    everywhere = [row for row in rows if row[0] == "0" * 32 and row[1] == "00"]
    return found + [f"{row[-1]} (IPv6)" for row in everywhere if row[-1] != "lo"]
