"""Looks for many secrets at once in streams of any size, in one pass."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import sha256

from ahocorasick_rs import BytesAhoCorasick, Implementation

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
        names, hits, size = list(self._names.values()), set[int](), 0
        reach, end = max(map(len, self._names), default=1) - 1, b""  # what may go on in the next chunk
        for chunk in stream:
            size += len(chunk)
            seen = end + chunk
            hits.update(number for number, *_ in self._patterns.find_matches_as_indexes(seen, overlapping=True))
            end = seen[max(0, len(seen) - reach) :]
        return {names[number] for number in hits}, size

    @cached_property
    def _patterns(self) -> BytesAhoCorasick:
        """Made once, for gigabytes."""
        return BytesAhoCorasick(list(self._names), implementation=Implementation.DFA)
