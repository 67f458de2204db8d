"""A command inside the test's process, which spares the start of its own."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parents[1]


def ran(
    main: Callable[[Sequence[str]], int], *arguments: str, environment: Mapping[str, str], folder: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    """What `main` did and said in `folder`, with nothing but this environment; its own errors are the test's."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, environment, clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            code = main(arguments)
        except SystemExit as end:
            code = _told(end)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def _told(end: SystemExit) -> int:
    """The exit code; words in its place are said, as Python does."""
    if isinstance(end.code, str):
        print(end.code, file=sys.stderr)
        return 1
    return end.code or 0
