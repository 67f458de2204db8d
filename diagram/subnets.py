"""A subnet for every network, from its name alone, so that adding or removing a link moves no other."""

import hashlib
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from itertools import pairwise

LARGEST_PREFIX = 27
"""A link's subnet holds at least 32 addresses."""


class Subnets:
    """Slots of one size in a pool; the network named N has the slot at SHA-256(N) modulo their number, or its pin.

    Raises ValueError, naming the setting that helps, for a pool too small, a pin outside the pool and a collision.
    """

    def __init__(self, pool: IPv4Network, prefix: int = LARGEST_PREFIX, pins: Mapping[str, IPv4Network] | None = None):
        if not pool.prefixlen <= prefix <= LARGEST_PREFIX:
            raise ValueError(f"subnets.prefix: /{prefix} must lie between the pool's /{pool.prefixlen} and /27")
        self._pool, self._prefix, self._pins = pool, prefix, dict(pins or {})
        for name, pin in self._pins.items():
            if not pin.subnet_of(pool):
                raise ValueError(f"subnets.pins.{name}: {pin} is not in the pool {pool}")
            if pin.prefixlen > LARGEST_PREFIX:
                raise ValueError(f"subnets.pins.{name}: {pin} must be a /{LARGEST_PREFIX} or larger")

    def of(self, name: str) -> IPv4Network:
        """The subnet of the network `name`."""
        if name in self._pins:
            return self._pins[name]
        slots = 2 ** (self._prefix - self._pool.prefixlen)
        slot = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % slots
        size = 2 ** (32 - self._prefix)
        return IPv4Network((int(self._pool.network_address) + slot * size, self._prefix))

    def allocate(self, names: Iterable[str]) -> dict[str, IPv4Network]:
        """A subnet for each of `names`, in their order; no two overlap."""
        wanted = sorted(names)
        if len(wanted) > 2 ** (self._prefix - self._pool.prefixlen):
            raise ValueError(f"subnets.pool: {self._pool} is too small for {len(wanted)} networks of /{self._prefix}")
        subnets = {name: self.of(name) for name in wanted}
        by_address = sorted(subnets.items(), key=lambda item: item[1])
        for (one, larger), (other, subnet) in pairwise(by_address):
            if larger.overlaps(subnet):
                raise ValueError(
                    f"subnets: {one} and {other} both fall on {subnet}: give one a subnet of its own, "
                    f"such as subnets.pins.{other}: {self._free(subnets.values())}"
                )
        return subnets

    def _free(self, taken: Iterable[IPv4Network]) -> IPv4Network:
        """The first slot after every one that is taken, or the first of the pool: somewhere that collides with none."""
        used = list(taken)
        return next(slot for slot in self._pool.subnets(new_prefix=self._prefix) if not any(map(slot.overlaps, used)))
