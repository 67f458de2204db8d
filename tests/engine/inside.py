"""The command line inside the test's process, which spares its start each time."""

import contextlib
import io
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from engine.cli.command import main
from tests.live.checkout import Checkout


def run(folder: Path, environment: Mapping[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """``./pulumiw`` with these arguments in `folder`, with nothing but this environment."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, environment, clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = main(arguments)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


class QuickCheckout(Checkout):
    """A checkout for tests that use `quick`: phases start from what this process has imported."""

    def run(self, *arguments: str, timeout: int = 600) -> "subprocess.CompletedProcess[str]":
        return run(self.path, self.environment, "--non-interactive", *arguments)
