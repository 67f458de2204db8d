"""What the program and its libraries print becomes diagnostics, with secrets redacted."""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

from engine.deployment import Deployment
from engine.events import Diagnostic


@contextlib.contextmanager
def printed(deployment: Deployment) -> Iterator[None]:
    """Captures both standard streams of this process, those of its children included."""
    with _captured(deployment, 1, "info"), _captured(deployment, 2, "info#err"):
        yield


@contextlib.contextmanager
def _captured(deployment: Deployment, descriptor: int, severity: str) -> Iterator[None]:
    stream = sys.stdout if descriptor == 1 else sys.stderr
    reading, writing = os.pipe()
    original = os.dup(descriptor)
    os.dup2(writing, descriptor)
    os.close(writing)

    def relay() -> None:
        with os.fdopen(reading, errors="replace") as lines:
            for line in lines:
                deployment.emit(Diagnostic(severity, "", line.rstrip("\n")))

    reader = threading.Thread(target=relay, daemon=True)
    reader.start()
    try:
        yield
    finally:
        stream.flush()
        os.dup2(original, descriptor)
        os.close(original)
        reader.join(timeout=1)  # a process that the program left behind may hold the other end
