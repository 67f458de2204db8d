"""The real CLI opens the state that the embedded engine wrote, and sees nothing to do; and the other way round."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from engine import api
from tests.engine.conformance.run import PASSPHRASE, Case
from tests.engine.conformance.test_conformance import NAMES

pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
]
LEFT_OUT = {
    "asset",  # the SDK's dynamic provider cannot read an asset back, not from the CLI's own state either
    "early-renewal",
}
CASES = [name for name in NAMES if not name.startswith("docker-") and name not in LEFT_OUT]


def _pulumi(case: Case, *arguments: str) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # the Python that runs the programs
        "PULUMI_BACKEND_URL": f"file://{case.stack.backend}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    command = ["pulumi", "--cwd", str(case.stack.project.root), "--stack", "dev", "--non-interactive", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", CASES)
def test_neither_engine_sees_a_change_in_what_the_other_made(name: str, tmp_path: Path) -> None:
    case = Case(name, tmp_path)
    case.place(case.programs[0])
    (case.stack.project.root / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": dict(case.stack.config)}))
    if not api.up_without_plan(case.stack).ok:
        pytest.skip("the case's first program fails on purpose")
    _pulumi(case, "preview", "--expect-no-changes")
    _pulumi(case, "up", "--yes", "--skip-preview")
    assert set(api.preview(case.stack).counts) <= {"same", "read"}
