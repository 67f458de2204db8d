"""Check-in's transaction: a participant is checked in at the gateway, once, and read back from another request."""

import json
import secrets
import time
from collections.abc import Iterator

from verify import clients
from verify.public import Public
from verify.report import Row
from verify.running import Target

SUBJECT = "check-in"
PAGE = clients.CHECKIN.page


def checkins(target: Target) -> Iterator[Row]:
    """The way through and its time; once however often; the page that counts it; and nobody without a token."""
    public, user = Public.of(target), clients.token(target, clients.CHECKIN, clients.ALICE)
    text = f"Zoé d'Arc {secrets.token_hex(4)}"
    body = json.dumps({"text": text, "session": "gala"}).encode()
    headers = {**user, "Content-Type": "application/json"}
    began = time.monotonic()
    first = public.ask("POST", PAGE, headers=headers, body=body)
    took = time.monotonic() - began
    yield Row(SUBJECT, "is taken", first.status == 201, f"{first.status} in {took * 1000:.0f} ms")
    again = public.ask("POST", PAGE, headers=headers, body=body)
    found = [it for it in json.loads(public.ask("GET", PAGE, headers=user).body) if it["text"] == text]
    once = (again.status, [it["session"] for it in found]) == (200, ["gala"])
    yield Row(SUBJECT, "sent twice is read back once", once, f"{again.status}, {len(found)} stored")
    page = public.ask("GET", "/")
    seen = page.status == 200 and b"Active sessions: 0" not in page.body and b"Active sessions: " in page.body
    yield Row(SUBJECT, "is counted on the page", seen, f"{page.status}, {len(page.body)} bytes")
    yield from clients.strangers(public, clients.CHECKIN, SUBJECT, body)
    for path in ("/api/v1/health", "/api/v1/health/liveness", "/api/v1/health/readiness"):
        answer = public.ask("GET", path)
        yield Row(path, "answers", answer.status == 200, str(answer.status))
