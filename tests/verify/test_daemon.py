"""The engine under the services: what its description of itself gives away."""

# mypy: allow-untyped-calls, allow-untyped-decorators

from typing import Any

import pytest
from docker import APIClient

from verify.daemon import of_engine

SAFE: dict[str, Any] = {
    "SecurityOptions": ["name=seccomp,profile=default"],
    "RegistryConfig": {
        "InsecureRegistryCIDRs": ["127.0.0.0/8"],
        "IndexConfigs": {"docker.io": {"Secure": True}},
    },
    "Driver": "overlay2",
    "ExperimentalBuild": False,
    "Swarm": {"Cluster": {"Spec": {"CAConfig": {"NodeCertExpiry": 7776000000000000}}}},
}
"""As Debian's engine describes itself."""


def faults(info: dict[str, Any]) -> list[str]:
    return [row.claim for row in of_engine(info) if not row.ok]


def test_an_engine_as_debian_ships_it_has_no_fault() -> None:
    assert faults(SAFE) == []


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        ({"SecurityOptions": ["name=seccomp,profile=unconfined"]}, "system calls"),
        ({"SecurityOptions": None}, "system calls"),
        ({"RegistryConfig": {"InsecureRegistryCIDRs": ["127.0.0.0/8", "10.0.0.0/8"]}}, "registry"),
        ({"RegistryConfig": {"IndexConfigs": {"inner.example:5000": {"Secure": False}}}}, "registry"),
        ({"Driver": "aufs"}, "aufs"),
        ({"ExperimentalBuild": True}, "experimental"),
        ({"Swarm": {"Cluster": {"Spec": {"CAConfig": {"NodeCertExpiry": 31536000000000000}}}}}, "90 days"),
        ({"Swarm": {}}, "90 days"),
    ],
)
def test_a_weaker_engine_is_seen(change: dict[str, Any], claim: str) -> None:
    (fault,) = faults({**SAFE, **change})
    assert claim in fault


@pytest.mark.live
def test_this_engine_describes_itself_as_the_example_does() -> None:
    assert faults(APIClient().info()) == []
