"""The stack's file as `config` writes it: what Pulumi reads, with the comments of the people who wrote it."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.cli.stackfile import StackFile
from engine.crypto import open_crypter
from tests.engine.cli.conftest import Place

Command = Callable[..., int]


@pytest.fixture
def dev(command: Command) -> Command:
    return lambda *arguments: command("config", *arguments, "--stack", "dev")


def test_a_value_is_written_read_listed_and_removed_beside_comments(
    dev: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev("set", "greeting", "hello: world # yes") == 0
    assert dev("set", "docker:host", "unix:///x") == 0
    assert dev("get", "greeting") == 0
    assert capsys.readouterr().out == "hello: world # yes\n"
    assert dev() == 0
    assert capsys.readouterr().out.splitlines() == [
        "greeting                    hello: world # yes",
        "size                        16",
        "docker:host                 unix:///x",
    ]
    assert dev("rm", "greeting") == 0
    assert dev("rm", "docker:host") == 0
    assert (project / "Pulumi.dev.yaml").read_text() == "config:\n  # how long\n  demo:size: 16\n"


def test_a_secret_is_encrypted_as_pulumi_does_and_hidden(
    dev: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev("set", "--secret", "vault", "hunter2") == 0
    text = (project / "Pulumi.dev.yaml").read_text()
    document = yaml.safe_load(text)
    assert "hunter2" not in text
    passphrase = (project / ".rempart/passphrase").read_text().strip()
    crypter = open_crypter(passphrase, document["encryptionsalt"])
    assert crypter.decrypt(document["config"]["demo:vault"]["secure"]) == "hunter2"
    assert dev() == 0
    assert "hunter2" not in capsys.readouterr().out
    assert dev("get", "vault") == 0
    assert capsys.readouterr().out == "hunter2\n"


def test_what_is_declared_secret_or_looks_so_is_not_written_in_clear(
    dev: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (project / "Pulumi.dev.yaml").read_text()
    for key in ("vault", "apiToken", "dbPassword"):
        assert dev("set", key, "hunter2") == 1
        told = capsys.readouterr().err
        assert "pass --secret, or --plaintext" in told
        assert "hunter2" not in told
    assert (project / "Pulumi.dev.yaml").read_text() == before


def test_a_path_reaches_into_an_object(dev: Command, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev("set", "--path", "settings.replicas.api", "3") == 0
    assert dev("set", "--path", "settings.hosts[0]", "a.example") == 0
    assert dev("set", "--path", 'settings["on.off"]', "true") == 0
    stored = yaml.safe_load((project / "Pulumi.dev.yaml").read_text())["config"]["demo:settings"]
    assert stored == {"replicas": {"api": 3}, "hosts": ["a.example"], "on.off": True}
    assert dev("get", "--path", "settings.hosts[0]") == 0
    assert capsys.readouterr().out == "a.example\n"
    assert dev("rm", "--path", "settings.replicas.api") == 0
    assert yaml.safe_load((project / "Pulumi.dev.yaml").read_text())["config"]["demo:settings"]["replicas"] == {}
    assert dev("get", "--path", "settings.replicas.api") == 1
    assert dev("set", "--path", "settings.hosts[5]", "far") == 1


def test_a_secret_at_a_path_is_encrypted_in_its_place(dev: Command, project: Path) -> None:
    assert dev("set", "--path", "--secret", "keys.one", "hunter2") == 0
    document = yaml.safe_load((project / "Pulumi.dev.yaml").read_text())
    assert list(document["config"]["demo:keys"]["one"]) == ["secure"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("config: [", "Pulumi.dev.yaml"),
        ("- a\n", "must be an object"),
        ("config:\n  demo:vault:\n    secure: v1:a:b\n", "no encryptionsalt"),
    ],
)
def test_a_broken_stack_file_is_named(
    dev: Command, project: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    (project / "Pulumi.dev.yaml").write_text(content)
    assert dev("get", "vault") == 1
    assert said in capsys.readouterr().err


def test_a_key_that_is_not_there_is_named(dev: Command, capsys: pytest.CaptureFixture[str]) -> None:
    for action in ("get", "rm"):
        assert dev(action, "nothing") == 1
        assert "'nothing' not found for stack" in capsys.readouterr().err


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40),
)
def test_every_text_comes_back_as_it_was_set(tmp_path_factory: pytest.TempPathFactory, first: str, second: str) -> None:
    file = StackFile(tmp_path_factory.mktemp("stack") / "Pulumi.dev.yaml", "demo")
    for key, value in (("a", first), ("b", second), ("a", second), ("c", first)):
        file.set(key, value, "", secret=False)
    values, _ = file.read("")
    assert values == {"demo:a": second, "demo:b": second, "demo:c": first}


def test_one_key_opens_the_state_and_the_configuration(place: Place) -> None:
    """As with the CLI: the stack file takes over the salt of the state, and a new state that of the stack file."""
    place.must("stack", "init", "dev")
    place.must("config", "set", "--secret", "demo:vault", "hidden", "--stack", "dev")
    written = yaml.safe_load((place.path / "Pulumi.dev.yaml").read_text())["encryptionsalt"]
    export = place.document("stack", "export", "--stack", "dev")
    assert export["deployment"]["secrets_providers"]["state"]["salt"] == written
    for state in place.path.rglob("dev.json"):
        state.unlink()
    place.must("up", "--yes", "--stack", "dev")
    export = place.document("stack", "export", "--stack", "dev")
    assert export["deployment"]["secrets_providers"]["state"]["salt"] == written


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "config:\n  demo:size: 1\n  demo:vault: hunter2\n  demo:size: 2\n",
            "Pulumi.dev.yaml:4: demo:size is given twice",
        ),
        ("config:\n  demo:a: {pool: hunter2, pool: other}\n", "Pulumi.dev.yaml:2: pool is given twice"),
        ("config:\n  demo:a: {hunter2\n", "Pulumi.dev.yaml:3: is not YAML"),
        ("config:\n  ? [hunter2]\n  : 1\n", "Pulumi.dev.yaml:2: is not YAML"),
    ],
)
def test_a_stack_file_that_says_two_things_is_refused_by_its_line(
    dev: Command, project: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    (project / "Pulumi.dev.yaml").write_text(text)
    assert dev() == 1
    error = capsys.readouterr().err
    assert told in error
    assert "hunter2" not in error
