"""python -m engine.cli: what ./pulumiw runs."""

import os
import shutil
import sys
from collections.abc import Sequence

from engine.cli import arguments, configuration, display, gate, operations, place, stacks
from engine.errors import EngineError

COMMANDS = {"stack": stacks.run, "config": configuration.run, "cancel": stacks.cancel}
OPERATIONS = ("preview", "up", "refresh", "destroy")


def main(given: Sequence[str]) -> int:
    """Run a command; 0 when it did what was asked, 1 with one clear error when it could not, 130 when interrupted."""
    try:
        asked = arguments.parse(given)
        if _wants_cli(getattr(asked, "engine", None)):
            return gate.run(asked, given, place.find(asked, getattr(asked, "name", None)))
        if asked.command in OPERATIONS:
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


def _wants_cli(engine: str | None) -> bool:
    if engine == "pulumi" and not shutil.which("pulumi"):
        raise EngineError("--engine pulumi: there is no `pulumi` on PATH")
    return engine == "pulumi" or (engine is None and bool(shutil.which("pulumi")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
