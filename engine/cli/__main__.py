"""python -m engine.cli: what ./pulumiw runs."""

import gc
import os
import shutil
import sys

from engine import child

OPERATIONS = {"preview", "up", "refresh", "destroy"}


def _main() -> int:
    embedded = "embedded" in (*sys.argv, os.environ.get("REMPART_ENGINE")) or not shutil.which("pulumi")
    if embedded and OPERATIONS.intersection(sys.argv):
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
