"""What a stack says about itself once it is up."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Stack:
    """A deployed stack's address and the file that holds its root certificate."""

    name: str
    url: str
    root_file: Path


def deployed(name: str) -> Stack:
    """The stack's outputs; its root certificate is written to `.rempart/<stack>/root.pem`."""
    command = ["./pulumiw", "stack", "output", "--json", "--stack", name]
    answer = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=False)
    outputs = json.loads(answer.stdout) if answer.returncode == 0 and answer.stdout.strip() else {}
    if "url" not in outputs:
        raise SystemExit(f"rempart: stack {name} has no outputs: is it up? (make up)")
    root = CHECKOUT / ".rempart" / name / "root.pem"
    root.parent.mkdir(parents=True, exist_ok=True)
    root.write_text(outputs["rootCertificate"])
    return Stack(name, outputs["url"].rstrip("/"), root.relative_to(CHECKOUT))
