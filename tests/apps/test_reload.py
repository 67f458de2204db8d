"""A changed source starts the program anew."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import apps.reload

PROGRAM = """
import time
from apps.reload import reload_on_change
reload_on_change()
print("first words", flush=True)
time.sleep(30)
"""


def started(folder: Path, **env: str) -> subprocess.Popen[str]:
    (folder / "apps").mkdir()
    shutil.copy(apps.reload.__file__, folder / "apps")
    (folder / "apps/__init__.py").touch()
    (folder / "apps/program.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "apps.program"]
    return subprocess.Popen(command, cwd=folder, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True)


def test_a_changed_source_starts_the_program_anew(tmp_path: Path) -> None:
    running = started(tmp_path, LIVE_RELOAD="1")
    try:
        assert running.stdout
        assert running.stdout.readline() == "first words\n"
        (tmp_path / "apps/program.py").write_text(PROGRAM.replace("first", "second"))
        os.utime(tmp_path / "apps/program.py", (2e9, 2e9))
        assert running.stdout.readline() == "second words\n"
    finally:
        running.kill()
        running.wait()


def test_without_the_variable_nothing_is_watched(tmp_path: Path) -> None:
    running = started(tmp_path, LIVE_RELOAD="")
    try:
        assert running.stdout
        assert running.stdout.readline() == "first words\n"
        os.utime(tmp_path / "apps/program.py", (2e9, 2e9))
        threads = Path(f"/proc/{running.pid}/task")
        assert len(list(threads.iterdir())) == 1
    finally:
        running.kill()
        running.wait()
