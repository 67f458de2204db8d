"""Logs as JSON lines on standard error: what was done with backups, by whom and when, and nothing of their content."""

import json
import sys
import time
from typing import Any


def log(message: str, **fields: Any) -> None:
    """One line."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    print(json.dumps({"time": moment, "logger": "backup", "message": message, **fields}), file=sys.stderr, flush=True)
