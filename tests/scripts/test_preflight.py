"""Where `make up` cannot go on it says what is missing and how to get it, before it changes anything."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scripts.shell import CHECKOUT, sourced


@pytest.fixture
def port() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def preflight(given: str = "", stack: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The checks on this machine, with what a test replaces of it."""
    return sourced(f"{given} preflight {stack}", **environment)


NO_ENGINE = "engine_answers() { return 1; };"
NOT_ROOT = "is_root() { return 1; };"


def test_a_machine_that_has_everything_passes_in_silence() -> None:
    answer = preflight("missing_packages() { :; }; engine_answers() { return 0; };", REMPART_GIGABYTES="0")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_a_user_without_an_engine_is_told_how_to_get_one() -> None:
    answer = preflight(NO_ENGINE + NOT_ROOT)
    assert answer.returncode == 1
    assert "nothing was changed" in answer.stderr
    assert "no Docker engine answers" in answer.stderr
    assert "usermod -aG docker" in answer.stderr


def test_missing_packages_are_named_with_the_command_that_gets_them(tmp_path: Path) -> None:
    release = tmp_path / "os-release"
    release.write_text("ID=debian\nVERSION_ID=12\n")
    given = NOT_ROOT + "missing_packages() { echo docker.io; echo iptables; };"
    answer = preflight(given, REMPART_OS_RELEASE=str(release))
    assert answer.returncode == 1
    assert "sudo apt-get install docker.io iptables" in answer.stderr


def test_another_distribution_must_bring_its_own_packages(tmp_path: Path) -> None:
    release = tmp_path / "os-release"
    release.write_text("ID=fedora\nVERSION_ID=40\n")
    answer = preflight("missing_packages() { echo docker.io; };", REMPART_OS_RELEASE=str(release))
    assert answer.returncode == 1
    assert "missing: docker.io" in answer.stderr
    assert "Debian 12" in answer.stderr


def test_too_little_disk_is_said_with_the_figures() -> None:
    answer = preflight("have_images() { return 1; };", REMPART_GIGABYTES="9999999")
    assert answer.returncode == 1
    assert "9999999 GB are needed" in answer.stderr


def test_a_taken_port_is_named_with_the_setting_that_changes_it(port: int) -> None:
    given = f"edge_runs() {{ return 1; }}; published_ports() {{ echo {port}; }};"
    answer = preflight(given, "dev")
    assert answer.returncode == 1
    assert f"port {port} is taken" in answer.stderr
    assert "Pulumi.dev.yaml" in answer.stderr


def test_a_port_held_by_the_stack_itself_is_no_complaint(port: int) -> None:
    given = f"edge_runs() {{ return 0; }}; published_ports() {{ echo {port}; }};"
    assert f"port {port}" not in preflight(given, "dev").stderr


def test_the_ports_are_those_of_the_stack_file() -> None:
    assert sourced("published_ports dev").stdout.split() == ["8080", "8443"]


def test_all_complaints_come_at_once(port: int) -> None:
    given = NO_ENGINE + NOT_ROOT + f"have_images() {{ return 1; }}; published_ports() {{ echo {port}; }};"
    answer = preflight(given, "dev", REMPART_GIGABYTES="9999999")
    assert answer.stderr.count("\nrempart:   - ") >= 3


def test_a_stack_without_a_file_is_refused_with_those_that_there_are() -> None:
    answer = preflight(stack="nowhere")
    assert answer.returncode == 1
    assert re.search(r"there is no stack nowhere: there are .*dev prod ", answer.stderr)


@pytest.mark.parametrize("target", ["demo", "verify", "bench"])
def test_without_an_environment_make_says_how_to_get_one(target: str, tmp_path: Path) -> None:
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    answer = subprocess.run(["make", target], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert "no virtual environment at .venv: run `make up`" in answer.stderr
