"""What is not understood is refused by name, before anything happens."""

from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., int]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("frobnicate",), "'frobnicate'"),
        (("import", "a", "b"), "'import'"),
        (("stack", "rename", "other"), "'rename'"),
        (("up", "--target", "x"), "'--target'"),
        (("preview", "--save-plan", "x"), "'--save-plan'"),
    ],
)
def test_what_only_the_cli_can_do_is_refused_by_name(
    command: Command, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], named: str
) -> None:
    assert command(*arguments) == 1
    assert f"{named} is not supported by the embedded engine: use the Pulumi CLI" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "required: COMMAND"),
        (("preview", "--engine", "other"), "choose pulumi or embedded"),
        (("preview", "--engine", "pulumi"), "there is no `pulumi` on PATH"),
        (("preview", "--color", "pink"), "invalid choice: 'pink'"),
        (("up", "--stack", "dev"), "--yes must be passed in"),
        (("preview",), "no stack selected"),
        (("preview", "--stack", "nosuch"), "no stack named 'nosuch' found; there are: dev, stage"),
        (("preview", "-s", "dev", "--policy-pack", "nowhere"), "nowhere is no policy pack"),
        (("preview", "-s", "dev", "-C", "/"), "no usable Pulumi.yaml in /"),
    ],
)
def test_a_wrong_request_is_one_clear_error(
    command: Command, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert command(*arguments) == 1
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_an_abbreviated_flag_is_not_guessed_at(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("up", "--skip") == 1
    assert "'--skip'" in capsys.readouterr().err


def test_a_refused_command_leaves_no_trace(command: Command, project: Path) -> None:
    before = sorted(project.rglob("*"))
    assert command("up", "--stack", "dev", "--target", "x", "--yes") == 1
    assert sorted(project.rglob("*")) == before


def test_a_wrong_choice_in_the_environment_is_named(
    command: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMPART_ENGINE", "other")
    assert command("preview", "--stack", "dev") == 1
    assert capsys.readouterr().err == "error: REMPART_ENGINE=other: choose pulumi or embedded\n"
