"""The code blocks of the documents."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def blocks(document: str, language: str) -> list[str]:
    """The blocks of `language` in a document, without their indentation."""
    text = (ROOT / document).read_text()
    return [textwrap.dedent(body) for _, found, body in FENCE.findall(text) if found == language]


def commands(document: str) -> Iterator[str]:
    """Every shell command of a document, without its comment."""
    for block in blocks(document, "sh"):
        for line in block.splitlines():
            if command := re.sub(r"\s+# .*", "", line).strip():
                yield command
