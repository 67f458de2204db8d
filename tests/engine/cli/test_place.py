"""Which stack, which backend, which passphrase; and what is refused."""

import shutil
import stat
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.cli import place as places
from tests.engine.cli.conftest import ROOT, Place

Command = Callable[..., int]


def test_the_passphrase_of_dev_is_made_once_for_its_user_alone(command: Command, project: Path) -> None:
    with ThreadPoolExecutor(8) as workers:
        made = set(workers.map(lambda _: places.passphrase(project, "dev"), range(32)))
    file = project / ".rempart/passphrase"
    assert made == {file.read_text().strip()}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(made.pop()) > 40
    assert [each.name for each in file.parent.iterdir()] == ["passphrase"]


def test_stage_refuses_a_missing_an_empty_and_the_generated_passphrase(
    command: Command, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{project}")
    preview = ("preview", "--stack", "stage")
    assert command(*preview) == 1
    assert "stack stage needs a passphrase" in capsys.readouterr().err
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    assert command(*preview) == 1
    assert "stack stage needs a passphrase" in capsys.readouterr().err
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    generated = places.passphrase(project, "dev")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", generated)
    assert command(*preview) == 1
    told = capsys.readouterr().err
    assert "must not use the passphrase that was generated for dev" in told
    assert generated not in told


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (None, "stack stage names no backend"),
        ("s3://bucket", "the backend s3:// is not supported"),
        ("https://api.pulumi.com", "the backend https:// is not supported"),
        ("file:///nowhere/at/all", "directory /nowhere/at/all does not exist"),
    ],
)
def test_a_backend_that_cannot_be_locked_is_refused(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str | None, said: str
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "long enough")
    if url:
        monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    assert command("preview", "--stack", "stage") == 1
    assert said in capsys.readouterr().err


def test_a_passphrase_file_is_read_and_a_missing_one_named(
    project: Path, command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "phrase").write_text("from the file\n")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(project / "phrase"))
    assert places.passphrase(project, "stage") == "from the file"
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(project / "nothing"))
    assert command("config", "get", "size", "--stack", "dev") == 1
    assert "PULUMI_CONFIG_PASSPHRASE_FILE cannot be read" in capsys.readouterr().err


def test_a_selected_stack_is_the_one_that_commands_mean(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("stack", "select", "dev") == 0
    assert command("config", "get", "size") == 0
    assert capsys.readouterr().out == "16\n"
    assert command("stack", "select", "nosuch") == 1


def test_the_stacks_are_listed(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("stack", "init", "dev") == 0
    capsys.readouterr()
    assert command("stack", "ls") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["dev", "stage"]


def test_without_a_virtual_environment_the_way_to_it_is_named(tmp_path: Path, place: Place) -> None:
    shutil.copy(ROOT / "pulumiw", tmp_path)
    done = subprocess.run(
        ["./pulumiw", "preview"], cwd=tmp_path, env=place.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: no virtual environment at .venv")
