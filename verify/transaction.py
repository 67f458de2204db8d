"""The transaction of each system; the assistant's is a signed SMS, whose answer is read back by its user alone."""

import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

from verify import clients, sms
from verify.checkins import checkins
from verify.items import items
from verify.notifications import notifications
from verify.public import Answer, Public
from verify.report import NotAskedError, Row
from verify.running import Target

SECONDS = 10
"""Within which the message and its answer can be read."""
SUBJECT = "sms"


def transaction(target: Target) -> Iterator[Row]:
    """The way through, its time, and what must not go through."""
    match target.settings.system:
        case "assistant":
            yield from _messages(target)
        case "recyclic":
            yield from items(target)
        case "checkin":
            yield from checkins(target)
        case "samaconso":
            yield from notifications(target)
        case _:
            yield clients.unknown(target)


def _messages(target: Target) -> Iterator[Row]:
    if not sms.has_users(target):
        raise NotAskedError("only development has demonstration users")
    public = Public.of(target)
    alice, bob = (clients.token(target, clients.ASSISTANT, user) for user in (clients.ALICE, clients.BOB))
    form = message(clients.ALICE, "Bonjour ! Quel temps fait-il à l'aéroport ?")
    began = time.monotonic()
    answer = sms.send(target, public, form)
    replied = time.monotonic() - began
    is_reply = answer.status == 200 and b"<Message>" in answer.body
    yield Row(SUBJECT, "is answered", is_reply, f"{answer.status} in {replied * 1000:.0f} ms")
    yield _read_back(public, alice, form, began)
    yield _once(target, public, alice, form)
    yield _invisible(public, bob, form)
    yield from _refusals(target, public, form)


def message(user: str, text: str) -> dict[str, str]:
    """An SMS from `user` as Twilio posts it."""
    number = sms.NUMBERS[user]
    return {"MessageSid": f"SM{secrets.token_hex(16)}", "From": number, "To": "+12025550199", "Body": text}


def _read_back(public: Public, user: dict[str, str], form: dict[str, str], began: float) -> Row:
    claim = f"can be read with its reply by its user within {SECONDS} s"
    seen = ""
    while (took := time.monotonic() - began) < SECONDS:
        answer = public.ask("GET", "/api/messages", headers=user)
        found = _of(answer, form) if answer.status == 200 else []
        if {row["direction"] for row in found} == {"in", "out"}:
            ok = any(row["body"] == form["Body"] for row in found)
            return Row(SUBJECT, claim, ok, f"in {took:.2f} s" if ok else "its text has changed")
        seen = f"{answer.status}, {len(found)} messages"
        time.sleep(0.15)
    return Row(SUBJECT, claim, ok=False, seen=seen)


def _once(target: Target, public: Public, user: dict[str, str], form: dict[str, str]) -> Row:
    """The telephone company repeats what it believes lost."""
    sms.send(target, public, form)
    time.sleep(1)
    found = _of(public.ask("GET", "/api/messages", headers=user), form)
    return Row(SUBJECT, "sent twice is stored once", len(found) == 2, f"{len(found)} messages: it and its reply")


def _invisible(public: Public, other: dict[str, str], form: dict[str, str]) -> Row:
    answer = public.ask("GET", "/api/messages", headers=other)
    ok = answer.status == 200 and not _of(answer, form) and form["Body"].encode() not in answer.body
    return Row(SUBJECT, "cannot be read by another user", ok, f"{answer.status}, {len(_rows(answer))} of their own")


def _refusals(target: Target, public: Public, form: dict[str, str]) -> Iterator[Row]:
    attempts = {
        "without a signature is refused": sms.send(target, public, form, signature=""),
        "with another's signature is refused": sms.send(
            target, public, form, signature=sms.sign(secrets.token_bytes(32), public.url + sms.WEBHOOK, form)
        ),
        "changed after it was signed is refused": sms.send(
            target,
            public,
            form | {"Body": "pay"},
            signature=sms.sign(sms.signing_key(target), public.url + sms.WEBHOOK, form),
        ),
    }
    for claim, answer in attempts.items():
        yield Row(SUBJECT, claim, answer.status == 403, str(answer.status))
    nobody = public.ask("GET", "/api/messages")
    yield Row("messages", "without a token are refused", nobody.status == 401, str(nobody.status))
    forged = public.ask("GET", "/api/messages", headers={"Authorization": "Bearer alice.9999999999.c2lnbmVk"})
    yield Row("messages", "with a forged token are refused", forged.status == 401, str(forged.status))


def _of(answer: Answer, form: dict[str, str]) -> list[dict[str, Any]]:
    return [row for row in _rows(answer) if str(row["id"]).split("/")[0] == form["MessageSid"]]


def _rows(answer: Answer) -> list[dict[str, Any]]:
    return list(json.loads(answer.body))
