"""Where lines go: plain ones to a pipe, coloured ones with a live line of what is under way to a terminal."""

import sys
from typing import Any, Final

_STYLES: Final = {"+": "green", "~": "yellow", "-": "red", "!": "bold red"}


class Screen:
    """`color` is Pulumi's: auto, always, never or raw."""

    def __init__(self, color: str = "auto") -> None:
        self._terminal = sys.stdout.isatty()
        self._console: Any = None
        self._status: Any = None
        if color == "always" or (self._terminal and color == "auto"):
            from rich.console import Console  # noqa: PLC0415 - a pipe does without

            self._console = Console(highlight=False, soft_wrap=True, force_terminal=color == "always" or None)

    def say(self, text: str) -> None:
        """A line that stays; its mark, if it begins with one, says the colour."""
        if self._console is None:
            print(text, flush=True)
        else:
            self._console.print(text, style=_STYLES.get(text.lstrip()[:1], ""), markup=False)

    def working(self, text: str) -> None:
        """What is under way, on a line that is overwritten; nothing in a pipe."""
        if self._console is None or not self._terminal:
            return
        if self._status is None:
            self._status = self._console.status("")
            self._status.start()
        self._status.update(text)

    def rest(self) -> None:
        """Nothing is under way any more."""
        if self._status is not None:
            self._status.stop()
            self._status = None
