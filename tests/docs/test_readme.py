"""The README says what is so: its picture is the diagram's, and its commands and its example work as they stand."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
import yaml

import diagram.__main__ as diagram
from diagram.__main__ import sketch
from diagram.drawing import mermaid
from images.recipe import PARENT
from tests.docs.blocks import ROOT, blocks, commands
from tests.inside import ran
from tests.live.checkout import Checkout

README = "README.md"
COMMANDS = list(commands(README))
PRODUCTION = next(block for block in blocks(README, "sh") if "stack init" in block)


def shell(command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)


def test_the_picture_is_what_the_links_draw() -> None:
    assert blocks(README, "mermaid") == [mermaid(sketch("assistant", "dev"))]


@pytest.mark.parametrize("command", [it for it in COMMANDS if "-m diagram" in it])
def test_a_drawing_command_draws(command: str) -> None:
    start, *arguments = shlex.split(command.replace(".venv/bin/python -m diagram", "diagram"))
    assert start == "diagram"
    drawn = ran(diagram.main, *arguments, environment=os.environ)
    assert drawn.returncode == 0, drawn.stderr
    assert "gateway" in drawn.stdout


@pytest.mark.parametrize("command", sorted({it for it in COMMANDS if it.startswith("make ")}))
def test_a_make_target_runs_something_that_is_there(command: str) -> None:
    """What it does is tested where it is written; here, that it has not gone or been renamed."""
    planned = shell(f"{command} --dry-run").stdout
    programs = re.findall(r"(?:^|&& )(\S+)(?: -m (\S+))?", planned)
    assert programs, planned
    for program, module in programs:
        assert find_spec(module) if module else os.access(ROOT / program, os.X_OK), program


def test_the_table_of_targets_names_targets_that_there_are() -> None:
    named = set(re.findall(r"\| `make (\w+)`", (ROOT / README).read_text()))
    there = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named
    assert named <= there


@pytest.fixture(scope="module")
def with_notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the README's service was added, word by word."""
    copy = tmp_path_factory.mktemp("project")
    for room in ("apps", "diagram", "observability", "systems"):
        shutil.copytree(ROOT / room, copy / room)
    for file in ("settings.py", *(path.name for path in ROOT.glob("Pulumi*.yaml"))):
        shutil.copy2(ROOT / file, copy)
    (diff,) = blocks(README, "diff")
    done = subprocess.run(["git", "apply", "-"], cwd=copy, input=diff, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return copy


def test_the_added_service_stands_in_the_diagram(with_notes: Path) -> None:
    asked = [sys.executable, "-m", "diagram", "assistant", "--format", "mermaid"]
    drawn = subprocess.run(asked, cwd=with_notes, capture_output=True, text=True, check=True).stdout
    assert "    gateway --> notes\n" in drawn


def test_the_added_image_is_one_that_the_project_builds() -> None:
    (dockerfile,) = blocks(README, "dockerfile")
    parent = PARENT.search(dockerfile)
    assert parent
    assert (ROOT / "images" / parent.group(1) / "Dockerfile").exists()
    assert dockerfile.rstrip().endswith("USER 10001:10001")


def test_the_added_program_answers_as_the_readme_says(tmp_path: Path) -> None:
    (program,) = (block for block in blocks(README, "python") if "class Notes" in block)
    (tmp_path / "notes.py").write_text(program)
    process = subprocess.Popen(
        [sys.executable, "notes.py"], cwd=tmp_path, env={"PORT": "18917"}, stderr=subprocess.DEVNULL
    )
    try:
        request = Request("http://127.0.0.1:18917/notes/", headers={"X-Rempart-Caller": "gateway"})
        assert answer(request) == "for gateway\n"
        assert answer(Request("http://127.0.0.1:18917/ready"))
    finally:
        process.kill()
        process.wait()


def answer(request: Request) -> str:
    for _ in range(100):
        try:
            with urlopen(request, timeout=5) as reply:
                return str(reply.read().decode())
        except URLError:
            time.sleep(0.1)
    raise AssertionError("nothing listens")


def test_production_is_asked_for_every_secret_of_its_system_and_no_other() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    asked = set(re.findall(r"--secret (\w+)", PRODUCTION))
    assert asked == set(sketch("assistant", "prod").third_party_keys)
    assert all(project[key]["secret"] for key in asked)


def test_the_lock_file_pins_every_dependency_by_hashes() -> None:
    """What `pip install --require-hashes` insists on, without the network."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    entries = re.split(r"^(?=\w)", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)[1:]
    pinned = {entry.partition("==")[0].partition("[")[0]: entry for entry in entries}
    assert {re.split(r"[=>\[]", name)[0] for name in asked} <= pinned.keys()
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)


def test_the_environment_lists_its_packages_in_the_way_in_which_the_pulumi_cli_asks() -> None:
    """Without pip the CLI ends before the program starts, as it cannot tell which plugins are needed."""
    done = subprocess.run([sys.executable, "-m", "pip", "list", "--format", "json"], capture_output=True, check=True)
    assert {"pulumi-docker", "pulumi-policy"} <= {
        package["name"].replace("_", "-") for package in json.loads(done.stdout)
    }


@pytest.mark.live
def test_the_production_commands_lead_to_a_preview(tmp_path: Path) -> None:
    """As they stand, but for the address of the backend and the secrets' values; `up` has tests of its own."""
    checkout = Checkout.at(tmp_path)
    elsewhere = ("python3 -m venv", ".venv/bin/pip", "make images", "pulumi up", "pulumi login")
    lines = [line for line in PRODUCTION.splitlines() if not line.startswith(elsewhere)]
    script = "\n".join(lines).replace("~/.rempart-prod", "passphrase")
    script = re.sub(r"(--secret (\w+))$", r'\1 "value of \2"', script, flags=re.MULTILINE)
    (tmp_path / "passphrase").write_text("a passphrase for tests alone")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", "/CN=assistant.example", "-addext", "subjectAltName=DNS:assistant.example",
         "-keyout", "key.pem", "-out", "chain.pem"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    environment = {**os.environ, "PULUMI_BACKEND_URL": f"file://{tmp_path}"}
    done = subprocess.run(
        ["bash", "-ec", f'pulumi() {{ ./pulumiw "$@"; }}\n{script}'],
        cwd=checkout.path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Platform  assistant" in done.stdout
    assert re.search(r"Resources: \d+ to create$", done.stdout, re.MULTILINE)
    assert "value of geminiApiKey" not in done.stdout + done.stderr


EXERCISED: dict[str, Callable[..., None]] = {
    r"\.venv/bin/python -m diagram .*": test_a_drawing_command_draws,
    r"make \w+": test_a_make_target_runs_something_that_is_there,
    r"(export|pulumi) .*": test_the_production_commands_lead_to_a_preview,
    r"\./pulumiw (preview|up|stack output \w+) --stack dev.*": test_the_production_commands_lead_to_a_preview,
    r"curl --cacert root\.pem https://localhost:8443/notes/": test_the_added_program_answers_as_the_readme_says,
    r"python3 -m venv \.venv|\.venv/bin/pip install --require-hashes -r requirements\.lock": (
        test_the_lock_file_pins_every_dependency_by_hashes
    ),
}
"""Every form of command in the README, and the test that would see it go stale."""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_exercised(command: str) -> None:
    assert [form for form in EXERCISED if re.fullmatch(form, command)], "no test runs this command"


def test_no_form_of_command_is_listed_that_the_readme_lacks() -> None:
    assert [form for form in EXERCISED if not any(re.fullmatch(form, command) for command in COMMANDS)] == []
