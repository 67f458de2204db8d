"""Looks for many secrets at once in streams of any size, in one pass."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from hashlib import sha256

from verify.needles import forms, hidden, tokens


class Scanner:
    """Knows `secrets`, by name, and finds them in any of their forms. It never tells a value."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._names: dict[bytes, str] = {}
        self.too_short = sorted(name for name, value in secrets.items() if hidden(value) and not tokens(value))
        for name, value in sorted(secrets.items()):
            for token in tokens(value):
                for form, pattern in forms(token):
                    self._names.setdefault(pattern, f"{name} ({form})")

    def __len__(self) -> int:
        return len(self._names)

    @property
    def fingerprint(self) -> str:
        """Tells whether two scanners look for the same."""
        return sha256(b"\n".join(sorted(self._names))).hexdigest()

    def scan(self, stream: Iterable[bytes]) -> tuple[set[str], int]:
        """The names of the secrets found, each with its form, and the bytes read."""
        if not self._names:
            return set(), sum(map(len, stream))
        patterns, hits = os.memfd_create("patterns"), os.memfd_create("hits")
        try:
            os.write(patterns, b"\n".join(self._names))
            size = _grep(patterns, hits, stream)
            os.lseek(hits, 0, os.SEEK_SET)
            with os.fdopen(os.dup(hits), "rb") as found:
                return {self._names[line.rstrip(b"\n")] for line in found}, size
        finally:
            os.close(patterns)
            os.close(hits)


def _grep(patterns: int, hits: int, stream: Iterable[bytes]) -> int:
    """grep -F is a multi-pattern search of gigabytes in seconds; patterns and hits stay in memory."""
    command = ["grep", "-F", "-o", "-a", "-f", f"/proc/self/fd/{patterns}"]
    size = 0
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=hits,
        pass_fds=[patterns],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    ) as grep:
        assert grep.stdin
        for chunk in stream:
            grep.stdin.write(chunk)
            size += len(chunk)
        grep.stdin.close()
        if grep.wait() > 1:
            raise RuntimeError(f"grep ended with {grep.returncode}")
    return size
