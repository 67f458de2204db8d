"""Configuration files of one setting a line: PostgreSQL's `name = value`, Redis's `name value`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .documents import lines

ASSIGNMENT: Final = re.compile(r"(?P<name>[\w.]+)\s*=?\s*(?:'(?P<quoted>(?:[^']|'')*)'|(?P<bare>[^\s#]+))")
ON: Final = frozenset({"on", "true", "yes", "1"})


def postgresql(text: str) -> Mapping[str, str]:
    """The settings of a postgresql.conf: the last of two wins, as in PostgreSQL."""
    found = {}
    for _, line in lines(text):
        match = ASSIGNMENT.match(line)
        if match:
            found[match["name"].lower()] = match["quoted"] if match["quoted"] is not None else match["bare"]
    return found


rabbitmq = postgresql
"""The settings of a rabbitmq.conf, which are written alike."""


def pgbouncer(text: str) -> Mapping[str, str]:
    """The settings of the section `pgbouncer` of a pgbouncer.ini."""
    section, found = "", {}
    for _, line in lines(text, comment=";"):
        if line.startswith("["):
            section = line.strip("[] \t").lower()
        elif section == "pgbouncer" and not line.startswith("#"):
            name, _, value = line.partition("=")
            found[name.strip().lower()] = value.strip()
    return found


def redis(text: str) -> Mapping[str, list[str]]:
    """The settings of a redis.conf, each with its values as words."""
    found: dict[str, list[str]] = {}
    for _, line in lines(text):
        try:
            name, *values = shlex.split(line)
        except ValueError:
            continue
        found[name.lower()] = values
    return found


def options(words: Sequence[str]) -> Mapping[str, str]:
    """The settings on a server's command line: `--name value`, `--name=value`, and PostgreSQL's `-c name=value`."""
    found: dict[str, str] = {}
    pending = ""
    for word in words:
        name, equals, value = word.lstrip("-").partition("=")
        if word.startswith("-c") and len(word) > 2 and equals:  # -cname=value
            found[name[1:]] = value
        elif equals and (word.startswith("--") or pending == "c"):
            found[name] = value
        elif pending and pending != "c" and not word.startswith("--"):
            found[pending] = word
        pending = name if word.startswith("-") and not equals else ""
    return {name.replace("-", "_") if "_" in name else name: value for name, value in found.items()}


@dataclass(frozen=True)
class Admission:
    """A record of pg_hba.conf."""

    line: int
    type: str
    database: str
    user: str
    address: str
    method: str
    options: Mapping[str, str]


def hba(text: str) -> list[Admission]:
    """The records of a pg_hba.conf; a record too short to have a method has an empty one."""
    return [_admission(number, shlex.split(line, comments=True)) for number, line in lines(text)]


def _admission(number: int, words: list[str]) -> Admission:
    type_, database, user, *rest = [*words, "", "", ""][: max(len(words), 3)]
    address = rest.pop(0) if type_ != "local" and rest else ""
    if rest and re.fullmatch(r"\d+\.\d+\.\d+\.\d+", rest[0]):
        address += f"/{rest.pop(0)}"
    method, *options = rest or [""]
    pairs = dict(option.partition("=")[::2] for option in options)
    return Admission(number, type_, database, user, address, method, pairs)
