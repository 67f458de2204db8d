"""What ./pulumiw runs: a command of the embedded engine, or the gate in front of the CLI."""

import os
import shutil
import sys
from collections.abc import Sequence

from engine.cli import arguments, configuration, display, gate, operations, place, stacks
from engine.errors import EngineError

COMMANDS = {"stack": stacks.run, "config": configuration.run, "cancel": stacks.cancel}


def main(given: Sequence[str]) -> int:
    """Run a command; 0 when it did what was asked, 1 with one clear error when it could not, 130 when interrupted."""
    try:
        if _wants_cli(given):
            return gate.run(given)
        asked = arguments.parse(given)
        if asked.command not in COMMANDS:
            return operations.run(asked, place.find(asked))
        return COMMANDS[asked.command](asked)
    except EngineError as problem:
        display.error(str(problem))
        return 1
    except KeyboardInterrupt:
        display.error("interrupted; the next `up` ends what was under way")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _wants_cli(given: Sequence[str]) -> bool:
    asked, usual = gate.own().parse_known_args(given)[0].engine, os.environ.get("REMPART_ENGINE")
    engine, by = (asked, f"--engine {asked}") if asked else (usual, f"REMPART_ENGINE={usual}")
    if engine not in (None, "", "pulumi", "embedded"):
        raise EngineError(f"{by}: choose pulumi or embedded")
    if engine == "pulumi" and not shutil.which("pulumi"):
        raise EngineError(f"{by}: there is no `pulumi` on PATH")
    return engine == "pulumi" or (not engine and bool(shutil.which("pulumi")))
