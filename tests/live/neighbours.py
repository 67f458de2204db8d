"""Every system on one engine at once: one checkout, and names, ports and pools of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.live.checkout import Checkout


@dataclass(frozen=True)
class Neighbour:
    """The stack `name`, which is as the committed stack `like`."""

    name: str
    like: str
    ports: dict[str, int]
    pool: str


NEIGHBOURS = (
    Neighbour("beside-assistant", "dev", {"http": 31081, "https": 31441}, "10.192.0.0/12"),
    Neighbour("beside-samaconso", "samaconso", {"http": 31082, "https": 31442}, "10.208.0.0/12"),
    Neighbour("beside-recyclic", "recyclic", {"http": 31083, "https": 31443}, "10.224.0.0/12"),
    Neighbour("beside-checkin", "checkin", {"http": 31084, "https": 31444}, "10.240.0.0/12"),
)
"""In the order in which they are deployed."""


@contextmanager
def neighbours(folder: Path) -> Iterator[Checkout]:
    """The checkout from which all can be deployed; in the end none of them is."""
    checkout = Checkout.at(folder)
    for each in NEIGHBOURS:
        checkout.stack(each.name, like=each.like, ports=each.ports, subnets={"pool": each.pool})
    try:
        yield checkout
    finally:
        failed = [each.name for each in NEIGHBOURS if checkout.run("destroy", "--yes", "--stack", each.name).returncode]
        assert not failed, failed
