"""Recyclic's transaction: an item enters at the gateway, is stored with its weight, and is read back."""

import json
import secrets
import time
from collections.abc import Iterator

from verify import clients
from verify.public import Public
from verify.report import Row
from verify.running import Target

SUBJECT = "item"
PAGE = clients.RECYCLIC.page


def items(target: Target) -> Iterator[Row]:
    """The way through and its time; and nobody without a token."""
    public, user = Public.of(target), clients.token(target, clients.RECYCLIC, clients.ALICE)
    text = f"Vélo d'enfant {secrets.token_hex(4)}"
    body = json.dumps({"text": text, "grams": 8200}).encode()
    headers = {**user, "Content-Type": "application/json"}
    began = time.monotonic()
    answer = public.ask("POST", PAGE, headers=headers, body=body)
    took = time.monotonic() - began
    yield Row(SUBJECT, "is received", answer.status == 201, f"{answer.status} in {took * 1000:.0f} ms")
    found = [item for item in json.loads(public.ask("GET", PAGE, headers=user).body) if item["text"] == text]
    yield Row(SUBJECT, "is read back with its weight", [item["grams"] for item in found] == [8200], f"{len(found)}")
    yield from clients.strangers(public, clients.RECYCLIC, SUBJECT, body)
