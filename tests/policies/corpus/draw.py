"""Seeded pieces of which values are made: nothing here was ever anybody's credential."""

from __future__ import annotations

import base64
import string
from collections.abc import Sequence
from pathlib import Path
from random import Random

ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
URLSAFE = ALNUM + "-_"
BASE32 = string.ascii_uppercase + "234567"
PUNCTUATED = ALNUM + "!#%&*+-.?@^_~"
WORDS = (Path(__file__).parent / "words.txt").read_text().split()


class Draw:
    """Random pieces from a seed.

    Two of three names and words serve the frozen corpus; the third is held out, for the check on other values.
    """

    def __init__(self, seed: int, *, held_out: bool = False) -> None:
        self.random = Random(seed)
        self.held_out = held_out
        self._words = self._share(WORDS)

    def of(self, pool: Sequence[str]) -> str:
        if len(pool) < 6:
            return self.random.choice(pool)
        return self.random.choice(self._share(pool))

    def _share(self, pool: Sequence[str]) -> Sequence[str]:
        return [one for at, one in enumerate(pool) if (at % 3 == 2) == self.held_out]

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def chance(self, of_three: int = 1) -> bool:
        return self.random.randrange(3) < of_three

    def chars(self, alphabet: str, length: int) -> str:
        return "".join(self.random.choice(alphabet) for _ in range(length))

    def bytes(self, length: int) -> bytes:
        return self.random.randbytes(length)

    def hex(self, length: int) -> str:
        return self.chars("0123456789abcdef", length)

    def digits(self, length: int) -> str:
        return str(self.number(1, 9)) + self.chars(string.digits, length - 1)

    def base64(self, length: int) -> str:
        return base64.b64encode(self.bytes(length)).decode()

    def urlsafe(self, length: int) -> str:
        return base64.urlsafe_b64encode(self.bytes(length)).decode().rstrip("=")

    def alnum(self, length: int) -> str:
        return self.chars(ALNUM, length)

    def word(self) -> str:
        return self.random.choice(self._words)

    def words(self, count: int, between: str = " ") -> str:
        return between.join(self.word() for _ in range(count))

    def password(self) -> str:
        """A generated password: 12 to 40 characters of one of the usual alphabets."""
        alphabet = self.of((ALNUM, PUNCTUATED, LOWER, URLSAFE, string.ascii_letters))
        return self.chars(alphabet, self.of_numbers(12, 16, 20, 24, 32, 40))

    def human(self) -> str:
        """What a person thinks of when asked for a password."""
        first, second = self.word(), self.word()
        year, few = self.number(1970, 2026), self.number(1, 999)
        return self.of(
            (
                f"{first.title()}{year}!",
                f"{first}{few}",
                f"{first.title()}{second.title()}{few}",
                f"{first[0].upper()}{first[1:].replace('a', '@').replace('o', '0').replace('e', '3')}#{few}",
                f"{first}-{second}-{few}",
                f"!{first.upper()}{few}{second}",
                f"{first}_{year}$",
                f"My{first.title()}Pass{few}",
                f"{first}.{second}.{self.word()}",
            )
        )

    def of_numbers(self, *numbers: int) -> int:
        return self.random.choice(numbers)

    def uuid(self) -> str:
        return "-".join(self.hex(length) for length in (8, 4, 4, 4, 12))

    def ip(self) -> str:
        return f"10.{self.number(0, 255)}.{self.number(0, 255)}.{self.number(1, 254)}"

    def host(self) -> str:
        return self.of(
            (self.word(), f"{self.word()}-{self.word()}", f"{self.word()}.{self.word()}.internal", self.ip())
        )

    def site(self) -> str:
        return f"{self.word()}-{self.word()}.example.{self.of(('com', 'org', 'net', 'io'))}"

    def date(self) -> str:
        return f"{self.number(2019, 2027)}-{self.number(1, 12):02}-{self.number(1, 28):02}"

    def version(self) -> str:
        return f"{self.number(0, 30)}.{self.number(0, 20)}.{self.number(0, 40)}"
