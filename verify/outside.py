"""No way out: from inside every task nothing beyond its links is reached, by TCP, UDP or DNS."""

import errno
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass

from diagram import Edge
from diagram.boundary import WAYS_OUT
from verify import dns
from verify.namespace import default_routes, network_of
from verify.report import Row
from verify.running import Target, Task
from verify.tls import is_open

DOCUMENTATION = ("198.51.100.1", "203.0.113.1")
"""Addresses that belong to nobody (RFC 5737): without a route the kernel says at once that they are unreachable."""
ELSEWHERE = "verify.example.invalid"
WORKERS = 32
"""Threads: a task without a way out mostly waits, for an answer that must not come."""


@dataclass(frozen=True)
class Ears:
    """A TCP and a UDP port of this machine, open on every address of it."""

    tcp: socket.socket
    udp: socket.socket
    addresses: tuple[str, ...]


def outside(target: Target) -> Iterator[Row]:
    """Rows for every task; the edges, and what leads out by declaration, are named as the exceptions they are."""
    ways_out = {service.name for service in target.system.services if isinstance(service, WAYS_OUT)}
    edges = {service.name for service in target.system.services if isinstance(service, Edge)}
    with ExitStack() as stack:
        ears = _listen(stack)
        for task in target.tasks:
            if task.service in ways_out:
                what = "publishes the ports" if task.service in edges else "leads out, to the declared hosts only"
                yield Row(task.name, "may have a way out", ok=True, seen=f"the named exception: {what}")
        closed = [task for task in target.tasks if task.service not in ways_out]
        with ThreadPoolExecutor(WORKERS) as pool:
            for rows in pool.map(lambda task: list(_from(task, ears)), closed):
                yield from rows
        yield _nothing_arrived(ears)


def _from(task: Task, ears: Ears) -> Iterator[Row]:
    routes = default_routes(task.pid)
    yield Row(task.name, "no default route", not routes, ", ".join(routes))
    with network_of(task.pid):
        reached = [host for host in DOCUMENTATION if not _is_unreachable(host)]
        yield Row(task.name, "no route to the world", not reached, ", ".join(reached))
        port = ears.tcp.getsockname()[1]
        opened = [address for address in ears.addresses if is_open(address, port, 0.5)]
        yield Row(task.name, "no TCP to this machine", not opened, ", ".join(opened))
        _shout(task.name, ears)
        answer = dns.ask(ELSEWHERE, timeout=3)
        yield Row(task.name, "no outside name is answered", not answer.is_an_answer, str(answer))


def _is_unreachable(host: str) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        try:
            probe.connect((host, 443))
        except OSError as error:
            return error.errno == errno.ENETUNREACH
    return False


def _shout(name: str, ears: Ears) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as voice:
        for address in ears.addresses:
            try:
                voice.sendto(name.encode(), (address, ears.udp.getsockname()[1]))
            except OSError:
                continue  # refused by the kernel before it left: what we hope for


def _nothing_arrived(ears: Ears) -> Row:
    heard = set()
    ears.udp.settimeout(0.5)
    try:
        while True:
            heard.add(ears.udp.recv(100).decode(errors="replace"))
    except TimeoutError:
        return Row("this machine", "hears no UDP from any task", not heard, ", ".join(sorted(heard)))


def _listen(stack: ExitStack) -> Ears:
    tcp = stack.enter_context(socket.create_server(("", 0)))
    udp = stack.enter_context(closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)))
    udp.bind(("", 0))
    return Ears(tcp, udp, tuple(sorted(own_addresses())))


def own_addresses() -> set[str]:
    """The IPv4 addresses of this machine, its bridges' included, but for loopback."""
    found = set()
    with open("/proc/net/fib_trie") as trie:  # noqa: PTH123 - a table of the kernel, not a file
        before = ""
        for line in trie:
            if "/32 host LOCAL" in line:
                found.add(before.rpartition("-- ")[2].strip())
            before = line
    return {address for address in found if not address.startswith("127.")}
