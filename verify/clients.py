"""What a system's own clients do: which page they use, who mints their tokens, and what of theirs must pass."""

# mypy: allow-untyped-calls

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from verify.public import Public
from verify.report import Row
from verify.running import Target

ALICE, BOB = "alice", "bob"
"""Development's demonstration users."""
OK = frozenset({200, 201, 202})
BLOCKED = frozenset({403})


@dataclass(frozen=True)
class Sample:
    """A request that must be answered with one of `expected`. Without its poison it would reach the application.

    Without a path it is for the page that the system's clients use.
    """

    name: str
    path: str = ""
    query: str = ""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    expected: frozenset[int] = BLOCKED


def posted(name: str, expected: frozenset[int] = BLOCKED, /, **fields: str | int) -> Sample:
    """A sample that posts JSON."""
    body = json.dumps(fields, ensure_ascii=False).encode()
    return Sample(name, method="POST", headers={"Content-Type": "application/json"}, body=body, expected=expected)


@dataclass(frozen=True)
class Client:
    """The clients of one system. `service` mints their tokens; `page` takes GET with parameters and POST of JSON."""

    service: str
    page: str
    normal: tuple[Sample, ...]


ENGLISH = "Remind me at 17:30 to select the best from the list; drop by at 5 -- ok?"
FRENCH = "Rappelle-moi d'acheter du café (15 €) & du pain à 18h30 : c'est où, déjà ?"
LINK = "See https://example.com/a?b=c&d=e#f and tell me <3 \N{PARTY POPPER}"

ASSISTANT = Client(
    service="api",
    page="/api/messages",
    normal=(
        Sample("reading messages", expected=OK),
        Sample("usage", path="/api/usage", expected=OK),
        Sample("integrations", path="/api/integrations", expected=OK),
        Sample("export", path="/api/export", expected=OK),
        posted("an English message", OK, text=ENGLISH),
        posted("a French message", OK, text=FRENCH),
        posted("a message with a link", OK, text=LINK),
    ),
)
RECYCLIC = Client(
    service="app",
    page="/api/items",
    normal=(
        Sample("reading items", expected=OK),
        posted("an English item", OK, text=ENGLISH, grams=1),
        posted("a French item", OK, text=FRENCH, grams=2),
        posted("an item with a link", OK, text=LINK, grams=3),
    ),
)
CHECKIN = Client(
    service="backend",
    page="/api/v1/checkins",
    normal=(
        Sample("reading check-ins", expected=OK),
        posted("an English check-in", OK, text=ENGLISH, session="gala"),
        posted("a French check-in", OK, text=FRENCH, session="gala"),
        posted("a check-in with a link", OK, text=LINK, session="gala"),
        Sample("the page", path="/", expected=OK),
    ),
)
SAMACONSO = Client(
    service="api-1",
    page="/api/notifications",
    normal=(
        Sample("reading notifications", expected=OK),
        Sample("consumption", path="/api/consumption", expected=OK),
        posted("an English notification", OK, text=ENGLISH),
        posted("a French notification", OK, text=FRENCH),
        posted("a notification with a link", OK, text=LINK),
    ),
)
CLIENTS = {"assistant": ASSISTANT, "recyclic": RECYCLIC, "checkin": CHECKIN, "samaconso": SAMACONSO}


def of(target: Target) -> Client | None:
    """The clients of the target's system; None where nobody has described them."""
    return CLIENTS.get(target.settings.system)


def unknown(target: Target) -> Row:
    """What a check says that needs clients, and knows none."""
    return Row(target.system.name, "serves its clients", ok=None, seen="verify/clients.py does not know them")


def token(target: Target, client: Client, user: str) -> dict[str, str]:
    """The header that shows a user's token, minted where the key is."""
    minted = execute(target, client.service, ["python3", "-m", "apps.token", user])
    return {"Authorization": f"Bearer {minted.decode().strip()}"}


def strangers(public: Public, client: Client, subject: str, body: bytes) -> Iterator[Row]:
    """Nobody reads the page without a token, and nobody posts to it with a forged one."""
    nobody = public.ask("GET", client.page)
    yield Row(subject, "is not shown without a token", nobody.status == 401, str(nobody.status))
    forged = {"Authorization": "Bearer alice.9999999999.c2lnbmVk", "Content-Type": "application/json"}
    refused = public.ask("POST", client.page, headers=forged, body=body)
    yield Row(subject, "is not taken with a forged token", refused.status == 401, str(refused.status))


def execute(target: Target, service: str, command: list[str], env: Mapping[str, str] | None = None) -> bytes:
    """What `command` prints in the container of a service's first task. Raises RuntimeError when it fails."""
    engine, container = target.engine, target.of(service)[0].container
    made: dict[str, Any] = engine.exec_create(container, command, environment=dict(env or {}), workdir="/app")
    output, errors = engine.exec_start(made["Id"], demux=True)
    if engine.exec_inspect(made["Id"])["ExitCode"] != 0:
        raise RuntimeError(f"{service}: {' '.join(command[:3])}: {(errors or b'').decode(errors='replace')[-300:]}")
    return bytes(output or b"")
