"""What the pack is called."""

from typing import Final

NAME: Final = "rempart"
VERSION: Final = "0.1.0"
