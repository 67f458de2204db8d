"""Addresses of other services, wherever a value holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote

URL: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>[^\s'\"<>`]+)")
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 -- an address to recognise


@dataclass(frozen=True)
class Address:
    """A URL, taken apart."""

    scheme: str
    host: str
    user: str
    password: str
    query: Mapping[str, str]

    @property
    def is_local(self) -> bool:
        """Whether it stays in the container."""
        return self.host in LOOPBACK or self.host.startswith("127.") or not self.host


def addresses(text: str) -> Iterator[Address]:
    """Every URL in `text`."""
    for match in URL.finditer(text):
        authority, _, path = match["rest"].partition("/")
        if "?" in authority:
            authority, _, query = authority.partition("?")
        else:
            query = path.partition("?")[2]
        userinfo, at, host = authority.rpartition("@")
        user, _, password = userinfo.partition(":") if at else ("", "", "")
        yield Address(
            scheme=match["scheme"].lower(),
            host=_host(host),
            user=unquote(user),
            password=unquote(password),
            query={key.lower(): value for key, value in parse_qsl(query.partition("#")[0], keep_blank_values=True)},
        )


def _host(authority: str) -> str:
    """The host without its port; of several, the first that is not this container."""
    hosts = [re.sub(r":\d+$", "", part).strip("[]").lower() for part in authority.split(",")]
    return next((host for host in hosts if host not in LOOPBACK), hosts[0])
