"""The two ways to run the pack."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from .. import RULES
from .waiver import load


def main(arguments: Sequence[str], waivers: Path) -> int:
    """Judge a file when asked to `check` one, else serve Pulumi; the exit code of the former."""
    if arguments[:1] == ["check"]:
        from .check import check  # noqa: PLC0415 -- the server needs none of it

        return check(arguments[1:], RULES, waivers)
    from .server import serve  # noqa: PLC0415 -- checking a file needs no gRPC

    try:
        accepted = load(waivers, [rule.id for rule in RULES])
    except ValueError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    serve(RULES, accepted)
    return 0
