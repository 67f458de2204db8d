"""The two ways to run the pack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .. import RULES
from .waiver import load


def main(arguments: Sequence[str], waivers: Path) -> int:
    """Judge a file when asked to `check` one, else serve Pulumi; the exit code of the former."""
    accepted = load(waivers, [rule.id for rule in RULES])
    if arguments[:1] == ["check"]:
        from .check import check  # noqa: PLC0415 -- the server needs none of it

        return check(arguments[1:], RULES, accepted)
    from .server import serve  # noqa: PLC0415 -- checking a file needs no gRPC

    serve(RULES, accepted)
    return 0
