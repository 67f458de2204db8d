"""The command: what it refuses, and what it says where it cannot measure."""

import json
import os
import subprocess
from pathlib import Path

from bench.__main__ import main
from tests.inside import ran


def bench(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return ran(main, *arguments, environment={**os.environ, **environment})


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    answer = bench("speed")
    assert answer.returncode == 2
    assert (
        "nothing is called speed; known: preview, policies, up, size, drawing, pooler, backup, load, systems, tests"
        in answer.stderr
    )


def test_no_runs_are_refused() -> None:
    answer = bench("drawing", "--runs", "0")
    assert answer.returncode == 2
    assert "at least 1" in answer.stderr


def test_a_figure_is_printed_and_written(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    answer = bench("drawing", "--sizes", "5", "--runs", "1", "--json", str(file))
    assert answer.returncode == 0, answer.stderr
    assert "validating and drawing 5 services" in answer.stdout
    (figure,) = json.loads(file.read_text())["figures"]
    assert figure["aim"] == 1.0


def test_without_an_engine_one_line_says_so(tmp_path: Path) -> None:
    answer = bench("up", "--json", str(tmp_path / "bench.json"), DOCKER_HOST=f"unix://{tmp_path}/none.sock")
    assert answer.returncode == 1
    assert "not measured: no Docker engine answers" in answer.stdout
    assert "Traceback" not in answer.stderr
