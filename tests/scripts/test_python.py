"""Which Python the virtual environment is made from."""

from pathlib import Path

from tests.scripts.shell import sourced


def python(folder: Path, answer: str) -> str:
    """A program in place of the distribution's Python, which ends so."""
    program = folder / "python3"
    program.write_text(f"#!/bin/sh\nexit {answer}\n")
    program.chmod(0o755)
    return str(program)


def test_the_distributions_own_where_it_is_new_enough(tmp_path: Path) -> None:
    own = python(tmp_path, "0")
    assert sourced("interpreter", REMPART_PYTHON=own).stdout == f"{own}\n"


def test_any_on_path_where_the_distributions_is_too_old(tmp_path: Path) -> None:
    assert sourced("interpreter", REMPART_PYTHON=python(tmp_path, "1")).stdout == ">=3.11\n"


def test_any_on_path_where_the_distribution_has_none(tmp_path: Path) -> None:
    assert sourced("interpreter", REMPART_PYTHON=str(tmp_path / "python3")).stdout == ">=3.11\n"
