"""Keeps secrets out of what people read: messages, errors and logs."""

import threading
from dataclasses import replace
from typing import Any

from engine.events import Diagnostic, Event, PolicyFinding, Progress, StepFailed
from engine.values import SECRET_MARK, Secret, reveal

_SHORTEST = 4  # a shorter secret would blank out half of every message
_LINE = 24  # a line of a longer secret that is as long as this betrays it


class Redactor:
    """Knows the secrets of a run. They are looked through only when there is something to redact."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unread: list[Any] = []
        self._known: set[str] = set()

    def learn(self, value: Any) -> None:
        """Every secret in `value` is to be kept out."""
        with self._lock:
            self._unread.append(value)

    def event(self, event: Event) -> Event:
        """`event` with its message redacted."""
        if isinstance(event, StepFailed | Progress | Diagnostic | PolicyFinding):
            return replace(event, message=self.text(event.message))
        return event

    def text(self, text: str) -> str:
        with self._lock:
            while self._unread:
                self._collect(self._unread.pop(), secret=False)
            for secret in sorted((known for known in self._known if known in text), key=len, reverse=True):
                text = text.replace(secret, SECRET_MARK)
        return text

    def _collect(self, value: Any, *, secret: bool) -> None:
        if isinstance(value, Secret):
            self._collect(reveal(value), secret=True)
        elif isinstance(value, dict):
            for item in value.values():
                self._collect(item, secret=secret)
        elif isinstance(value, list):
            for item in value:
                self._collect(item, secret=secret)
        elif secret and isinstance(value, str) and len(value) >= _SHORTEST:
            self._known.add(value)
            self._known.update(line for line in value.splitlines() if len(line) >= _LINE)
