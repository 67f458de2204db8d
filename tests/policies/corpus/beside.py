"""`python -m tests.policies.corpus.beside FILE`: what detect-secrets finds in the frozen corpus, written to FILE.

Run it where detect-secrets is installed: it is no dependency of the project's.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.policies.corpus.entry import Entry, load


def _file(folder: Path, entry: Entry) -> Path:
    """The entry as a file that a repository would hold: a settings file under its name, or a line of an .env."""
    if entry.channel == "config":
        path, text = folder / Path(entry.name).name, entry.value
    else:
        path, text = folder / "settings.env", f"{entry.name}={entry.value}\n" if entry.name else f"{entry.value}\n"
    path.write_text(text)
    return path


def main(target: str) -> None:
    scan: Any = importlib.import_module("detect_secrets.core.scan")
    settings: Any = importlib.import_module("detect_secrets.settings")
    version: str = importlib.import_module("detect_secrets.__version__").VERSION
    found: Counter[str] = Counter()
    with TemporaryDirectory() as folder, settings.default_settings():
        for entry in load():
            path = _file(Path(folder), entry)
            found[entry.kind] += any(True for _ in scan.scan_file(str(path)))
            path.unlink()
    Path(target).write_text(json.dumps({"version": version, "found": dict(sorted(found.items()))}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
