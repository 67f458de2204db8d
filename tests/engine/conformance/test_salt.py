"""What the real CLI writes into the stack file of a development stack."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.engine.cli.conftest import PROGRAM, PROJECT, STACK, Place

pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
]


def test_without_a_secret_no_salt_stays_in_the_stack_file_and_both_engines_open_what_the_cli_wrote(
    tmp_path: Path,
) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    for name, text in {"Pulumi.yaml": PROJECT, file.name: STACK, "__main__.py": PROGRAM}.items():
        (tmp_path / name).write_text(text)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # the Python that runs the program
    place = Place(tmp_path, {**kept, "PATH": path, "PULUMI_SKIP_UPDATE_CHECK": "true"})
    for words in ("preview --stack dev", "up --yes --stack dev", "preview --expect-no-changes --stack dev"):
        place.must("--engine", "pulumi", *words.split())
        assert "encryptionsalt" not in file.read_text(), words
    place.must("--engine", "embedded", "preview", "--expect-no-changes", "--stack", "dev")
    place.must("--engine", "pulumi", "up", "--yes", "--expect-no-changes", "--stack", "dev")
    place.must("--engine", "pulumi", "config", "set", "--secret", "vault", "hidden", "--stack", "dev")
    assert "encryptionsalt" in file.read_text()
    place.must("--engine", "pulumi", "up", "--yes", "--stack", "dev")
    assert "hidden" in place.must("--engine", "embedded", "config", "get", "vault", "--stack", "dev")
