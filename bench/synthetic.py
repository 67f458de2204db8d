"""A system of any size: services in a row, each of which calls the two before it."""

from ipaddress import IPv4Network
from pathlib import Path

from diagram import Addresses, Service, System

POOL = IPv4Network("10.0.0.0/8")
IMAGE = "rempart/none:sha256-" + "0" * 64
CALLEES = 2
PROGRAM = """
import pulumi

from bench.synthetic import system
from components import Platform

Platform("synthetic", system(pulumi.Config().require_int("size")))
"""


def system(size: int) -> System:
    """`size` services. Every network is pinned: among so many, two would share a slot."""
    services: list[Service] = []
    links: list[str] = []
    for name in (f"s{number}" for number in range(size)):
        callees = services[-CALLEES:]
        links += [f"{name}-to-{callee.name}" for callee in callees]
        services.append(Service(name=name, image=IMAGE, port=8000, uses=tuple(callees)))
    pins = dict(zip(links, POOL.subnets(new_prefix=27), strict=False))
    return System(name="synthetic", services=tuple(services), addresses=Addresses(pool=POOL, pins=pins))


def project(folder: Path, size: int) -> None:
    """A project in `folder` whose stack `bench` is the platform of such a system, with a backend of its own in it."""
    (folder / "state").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: synthetic\nruntime: python\n")
    (folder / "Pulumi.bench.yaml").write_text(f"config:\n  synthetic:size: {size}\n")
    (folder / "__main__.py").write_text(PROGRAM)
