"""What a stack needs before it can be deployed."""

from pathlib import Path

import pytest

from images.recipe import recipes
from scripts import needs


def test_a_stack_needs_the_images_of_its_services_only() -> None:
    needed = set(needs.images("recyclic"))
    assert {"postgres", "backup", "gateway"} <= needed < recipes().keys()
    assert "redis" not in needed


def test_a_stack_that_names_no_role_needs_no_label() -> None:
    assert needs.roles("dev") == []


def test_it_is_printed_on_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["needs", "images", "recyclic"])
    assert needs.main() == 0
    assert capsys.readouterr().out.split() == needs.images("recyclic")


def test_a_stack_file_that_is_not_valid_is_said_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    values = "{system: recyclic, environment: development, database: Recyclic!}"
    (tmp_path / "Pulumi.mine.yaml").write_text(f"config: {{rempart:settings: {values}}}\n")
    monkeypatch.setattr("diagram.__main__.ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["needs", "images", "mine"])
    assert needs.main() == 1
    assert "settings.database: " in capsys.readouterr().err
