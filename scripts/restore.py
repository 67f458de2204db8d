"""python -m scripts.restore FILE --key KEY [--into ADDRESS]: a backup on a machine where nothing of its platform runs.

It needs this repository with the image `backup`, and what `scripts.backup STACK take` wrote. Every byte is known to be
authentic before anything is done. Without --into it then says what the file holds. With it, it fills the empty database
at ADDRESS, as a whole or not at all, and compares it with what was dumped.

ADDRESS is a connection string of libpq, without a password: that is in the file that PGPASSFILE names. A server's
authority can be in the file that PGSSLROOTCERT names.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from images import lock

HANDED_ON = ("PGPASSFILE", "PGSSLROOTCERT")
"""libpq's own variables that name files."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; 1 with one sentence where that failed."""
    asked = _parser().parse_args(arguments)
    variables = {name: Path(os.environ[name]) for name in HANDED_ON if asked.into and name in os.environ}
    files = {"backup": asked.file, "key": asked.key, **variables}
    options = [word for name in variables for word in ("--env", f"{name}=/given/{name}")]
    into = ["--into", asked.into] if asked.into else []
    words = ["restore", "/given/backup", "--key", "/given/key", *into]
    network = "host" if asked.into else "none"
    return subprocess.run(program(files, words, network=network, options=options), check=False).returncode


def program(
    files: Mapping[str, Path], words: Sequence[str], *, network: str = "none", options: Sequence[str] = ()
) -> list[str]:
    """The command that runs the backup program on `files`, which it finds in /given, in a container of its own."""
    for path in files.values():
        if not path.is_file():
            raise SystemExit(f"rempart: {path}: there is no such file")
    if "backup" not in (built := lock.read()):
        raise SystemExit("rempart: the image backup is not built: python -m images build backup")
    mounts = [f"--volume={path.resolve()}:/given/{what}:ro" for what, path in files.items()]
    bare = ["docker", "run", "--rm", f"--network={network}", "--read-only", "--tmpfs=/tmp", "--user=0:0", *mounts]
    bare += ["--cap-drop=ALL", "--cap-add=DAC_READ_SEARCH", "--entrypoint=python3", *options]
    return [*bare, built["backup"].reference, "-m", "backup", *words]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.restore", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--into", metavar="ADDRESS")
    return parser


if __name__ == "__main__":
    sys.exit(main())
