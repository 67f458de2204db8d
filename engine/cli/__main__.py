"""python -m engine.cli: what ./pulumiw runs."""

import gc
import shutil
import sys

from engine import child

OPERATIONS = {"preview", "up", "refresh", "destroy"}


def _main() -> int:
    if OPERATIONS.intersection(sys.argv) and not shutil.which("pulumi"):
        child.start_ahead()
    gc.disable()  # nothing that is imported is garbage
    from engine.cli.command import main  # noqa: PLC0415 - while that process imports the SDK

    gc.freeze()
    gc.enable()

    try:
        return main(sys.argv[1:])
    finally:
        if unused := child.started_ahead():
            unused.abandon()


if __name__ == "__main__":
    sys.exit(_main())
