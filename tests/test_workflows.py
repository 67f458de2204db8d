"""The workflows are valid, and give nobody more than they need."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine import documents

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
JOBS = [
    pytest.param(job, id=f"{path.stem}-{name}")
    for path in WORKFLOWS
    for name, job in documents.load(path.read_text())["jobs"].items()
]


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / name
    return subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_there_are_the_three_that_the_gate_needs() -> None:
    assert {"preview", "deploy", "nightly"} <= {path.stem for path in WORKFLOWS}


def test_dependencies_and_code_are_scanned_each_monday_at_three() -> None:
    """CI-A17. By hand too, as the document asks."""
    when = documents.load((ROOT / ".github/workflows/security.yml").read_text())[True]
    assert when == {"schedule": [{"cron": "0 3 * * 1"}], "workflow_dispatch": None}


def test_a_deployment_hands_the_words_of_the_freeze_to_the_program() -> None:
    workflow = documents.load((ROOT / ".github/workflows/deploy.yml").read_text())
    assert set(workflow[True]["workflow_dispatch"]["inputs"]) == {"stack", "event_day_override"}
    assert workflow["env"]["EVENT_DAY_FREEZE"] == "${{ vars.EVENT_DAY_FREEZE }}"
    assert workflow["env"]["EVENT_DAY_OVERRIDE"] == "${{ inputs.event_day_override }}"


def test_a_deployment_waits_for_a_backup_that_was_restored_and_takes_one_afterwards() -> None:
    jobs = documents.load((ROOT / ".github/workflows/deploy.yml").read_text())["jobs"]
    assert (jobs["backups"]["needs"], jobs["deploy"]["needs"]) == ("preview", "backups")
    for job in ("backups", "deploy"):
        assert "scripts.validate" in jobs[job]["steps"][-1]["run"]
        assert jobs[job]["steps"][-1]["shell"] == "bash"  # fails where the first of two piped commands fails


def test_they_keep_the_schema() -> None:
    ran = tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)
    assert ran.returncode == 0, ran.stdout


def test_they_have_no_known_weakness() -> None:
    ran = tool("zizmor", "--offline", "--no-config", "--persona", "pedantic", ".github/workflows")
    assert ran.returncode == 0, ran.stdout


def test_a_known_weakness_is_found(tmp_path: Path) -> None:
    shipped = (ROOT / ".github/workflows/preview.yml").read_text()
    weak = shipped.replace("run: make images", "run: echo ${{ github.event.pull_request.title }}")
    (tmp_path / "weak.yml").write_text(weak)
    assert tool("zizmor", "--offline", "--no-config", tmp_path / "weak.yml").returncode != 0


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit_that_names_its_release(path: Path) -> None:
    used = re.findall(r"uses: (.+)$", path.read_text(), re.MULTILINE)
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_nothing_is_permitted_but_by_a_job(path: Path) -> None:
    workflow = documents.load(path.read_text())
    assert workflow["permissions"] == {}
    assert "pull_request_target" not in workflow[True]  # YAML reads the key `on` as true


@pytest.mark.parametrize("job", JOBS)
def test_a_job_that_runs_the_checked_out_code_may_only_read(job: dict[str, Any]) -> None:
    checks_out = any("checkout" in step.get("uses", "") for step in job["steps"])
    writes = {name for name, level in job["permissions"].items() if level == "write"}
    assert not (checks_out and writes)
    assert job["timeout-minutes"] <= 60
