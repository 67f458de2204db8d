"""The engine under the services: what its description of itself gives away."""

# mypy: allow-untyped-calls, allow-untyped-decorators

from pathlib import Path
from typing import Any

import pytest
from docker import APIClient

from verify.daemon import of_engine, setuid_files

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


def test_a_setuid_program_is_found_and_a_link_to_one_is_not_counted_twice(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name, mode in {"plain": 0o755, "as-root": 0o4755, "as-group": 0o2755}.items():
        (tmp_path / "bin" / name).touch()
        (tmp_path / "bin" / name).chmod(mode)
    (tmp_path / "link").symlink_to("bin/as-root")
    assert set(setuid_files(tmp_path)) == {"/bin/as-root", "/bin/as-group"}


@pytest.mark.live
def test_this_engine_describes_itself_as_the_example_does() -> None:
    assert faults(APIClient().info()) == []
