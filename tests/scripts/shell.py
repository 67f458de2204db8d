"""The scripts' functions, run by a shell that has sourced them."""

import os
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def sourced(text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `text` with the functions at hand, in the checkout."""
    command = ["bash", "-c", f"source scripts/lib/all.sh; {text}"]
    return subprocess.run(
        command, cwd=CHECKOUT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
