"""Telling a secret by its name, its format, its place or its randomness. A reason never holds the value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from .address import addresses
from .documents import lines
from .secret_formats import known_format
from .secret_names import Name, named_secret, random_by_nature, reading
from .secret_values import (
    CERTIFICATE,
    generated,
    is_a_number,
    is_a_value,
    looks_random,
    names_a_secret,
    unwrapped,
)

ASSIGNED: Final = re.compile(
    r"""(?x) (?<![\w.$-]) (?P<name> -{0,2} [A-Za-z_][\w.-]*? ) ["']? [\ \t]* (?: :=|=>|[:=] ) [\ \t]*
    (?= "(?P<double>[^"\n]*)" | '(?P<single>[^'\n]*)' | (?P<bare>\$[({][^)}]*[)}]|[^\s,;"']+) )"""
)
"""A name and its value: in a file, a connection string, a script, JSON or a header."""
STATED: Final = re.compile(
    r"""(?ix) ^ \s* (?: machine .* \b )? (?P<name> [a-z_][\w.-]* ) \s+ ["']? (?P<value> [^\s"';]+ ) ["']? \s* ;? $"""
)
"""A directive of two words."""
FLAG: Final = re.compile(r"""(?<!\S)--?(?P<name>[A-Za-z][\w.-]+)[ ]+["']?(?P<value>[^\s"'-][^\s"']*)""")
PLACES: Final = tuple(
    re.compile(pattern, re.VERBOSE)
    for pattern in (
        r"""(?:^|\s)user\s+\S+\s .*? \s > (?P<value>[^\s"']+)""",  # Redis's access list
        r"""(?i: \b (?:password|identified\s+by) \s+ ) '(?P<value>[^']+)'""",  # SQL
        r"""(?i: \b login \s+ \S+ \s+ password \s+ ) (?P<value>\S+)""",  # netrc on one line
        r"""^ [^:\s]+ : (?:\d+|\*) : [^:\s]+ : [^:\s]+ : (?P<value>(?:\\.|[^:\s])+) $""",  # pgpass
        r"""^ "[^"]+" \s+ (?:\*\s+)? "(?P<value>[^"]+)" (?:\s+\*)? $""",  # pgbouncer's users, chap-secrets
        r"""^ \S+:\d+ \s+ [^\s:]+ : (?P<value>[^\s:]*[^\s\d:][^\s:]*) $""",  # postfix's passwords
        r"""(?<![\w/:.-]) [\w.-]+ : (?P<value>[^@\s/:]+) @ (?:tcp|unix) \( """,  # Go's MySQL driver
        r"""\b (?:curl|wget|http) \b .* \s (?:-u|--user)[\ =] ["']? [^\s:"'$]+ : (?P<value>[^\s"']+)""",
        r"""\b (?:mysql\w*|mariadb[\w-]*) \b .* \s -p (?P<value>[^\s]+)""",
        r"""\b redis-cli \b .* \s -a \s+ (?P<value>\$\([^)]*\)|[^\s]+)""",
        r"""\b (?:sshpass|mongo(?:sh)?|docker\s+login) \b .* \s -p \s* (?P<value>[^\s]+)""",
        r"""\b (?:ldap\w+|kadmin|sqlcmd|bcp) \b .* \s -[wP] \s* (?P<value>[^\s]+)""",
        r"""\b etcdctl \b .* \s --user[\ =] [^\s:]+ : (?P<value>[^\s]+)""",
        r"""\b smbclient \b .* \s -U [\ ]? [^\s%]+ % (?P<value>[^\s]+)""",
        r"""\b rabbitmqctl \s+ (?:add_user|change_password) \s+ \S+ \s+ (?P<value>[^\s]+)""",
        r"""\b htpasswd \s+ -\w*b\w* .* \s (?P<value>[^\s]+) \s* $""",
        r"""(?i: \b authorization ["']? \s* [:=\ ] \s* ["']? (?:basic|bearer|token|apikey) \s+ ) (?P<value>[^\s"']+)""",
        r"""://[^\s/:@]* : (?P<value>[^\s/@]+) @""",  # also what no reader of addresses accepts
        r"""define\( \s* ["'] \w*(?:PASSWORD|SECRET|TOKEN|_KEY|_SALT)\w* ["'] \s* , \s* ["'](?P<value>[^"']+)""",  # PHP
        r"""(?i: <(?P<tag>\w*(?:password|passphrase|secret|token))> ) (?P<value>[^<]+) </""",
        r"""(?i: key="\w*(?:password|secret|token|apikey)" \s+ value= ) "(?P<value>[^"]+)" """,
    )
)
"""Where a program expects a password, and no name says so."""
PAIR: Final = re.compile(r"[\w.@-]+:[^\s/]+")
"""A user and a password."""
MOST: Final = 16_384
"""How many texts are remembered: most of a stack stand in it many times."""


def with_password(text: str) -> bool:
    """Whether an address in `text` holds a password, before the host or as a parameter."""
    return "://" in text and any(
        (address.password and is_a_value(address.password))
        or any(named_secret(key) and is_a_value(value) for key, value in address.query.items())
        for address in addresses(text)
    )


@lru_cache(maxsize=MOST)
def suspicion(name: str, value: str) -> str | None:
    """Why `value`, called `name`, is held for a secret; None when it is not."""
    if not is_a_value(value) and not with_password(value):
        found = known_format(value)
        return f"holds {found}" if found else None
    if _by_name(name, value):
        return "is named like a secret and holds a value"
    found = in_text(value, random=False)
    if found:
        return found
    explained = random_by_nature(name) or reading(name) is Name.ABOUT
    return "holds a random value, as secrets are" if not explained and looks_random(value) else None


def _by_name(name: str, value: str) -> bool:
    """Whether a value under this name is a secret whatever it looks like, or because it looks made."""
    match reading(name):
        case Name.SECRET:
            if not is_a_value(value) or names_a_secret(value):
                return False
            return not is_a_number(value) or len(value.strip()) >= 4
        case Name.MENTIONS:
            return not random_by_nature(name) and is_a_value(value) and generated(value)
    return name.lower().endswith("auth") and any(PAIR.fullmatch(text) for text in (value, *unwrapped(value)))


@lru_cache(maxsize=MOST)
def in_text(text: str, *, random: bool = True) -> str | None:
    """Why a free text is held to contain a secret; `random` counts what only looks like chance."""
    found = known_format(text)
    if found:
        return f"holds {found}"
    if with_password(text):
        return "holds an address with a password in it"
    if any(_by_name(name, value) for name, value in _assignments(text)):
        return "assigns a secret"
    if any(is_a_value(match["value"]) for place in PLACES if (match := place.search(text))):
        return "holds a password"
    for plain in unwrapped(text):
        if known_format(plain) or any(_by_name(name, value) for name, value in _assignments(plain)):
            return "holds a secret in base64"
    return "holds a random value, as secrets are" if random and looks_random(text) else None


def _assignments(text: str) -> Iterator[tuple[str, str]]:
    for match in ASSIGNED.finditer(text):
        value = match["double"] if match["double"] is not None else match["single"] or match["bare"] or ""
        yield match["name"].lstrip("-"), value
    for match in FLAG.finditer(text):
        yield match["name"], match["value"]


def in_file(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a file that are held to contain a secret, with the reason; line 0 is the file as a whole."""
    found = known_format(text)
    if found:
        yield 0, f"holds {found}"
    for number, line in lines(text):
        fault = None if _speaks_of(line) else in_text(line, random=False)
        stated = STATED.match(line)
        if not fault and stated and named_secret(stated["name"]) and is_a_value(stated["value"]):
            fault = "assigns a secret"
        if fault:
            yield number, fault


def _speaks_of(line: str) -> bool:
    """Whether a line is a text for people, in which a password's name stands for itself: `login.password=Password`."""
    name, _, value = line.partition("=")
    return value.strip().istitle() and name.strip().lower().endswith(value.strip().lower())


__all__ = [
    "CERTIFICATE", "in_file", "in_text", "is_a_value", "known_format", "looks_random", "named_secret", "suspicion",
    "with_password",
]  # fmt: skip
