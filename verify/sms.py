"""The client that the assistant alone has: its telephone company."""

import base64
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

from systems import assistant
from verify.clients import ALICE, BOB
from verify.public import Answer, Public
from verify.running import Target

WEBHOOK = "/webhook/sms"
ROUTER = "sms-router"
NUMBERS = {ALICE: "+12025550101", BOB: "+12025550103"}
"""Development's demonstration users."""


def has_users(target: Target) -> bool:
    """Whether the demonstration users are there."""
    return isinstance(target.settings, assistant.Settings) and target.settings.demo


def send(target: Target, public: Public, form: Mapping[str, str], *, signature: str | None = None) -> Answer:
    """Post an SMS as the telephone company does, signed with the router's own key unless `signature` is given."""
    signed = sign(signing_key(target), public.url + WEBHOOK, form) if signature is None else signature
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signed}
    return public.ask("POST", WEBHOOK, headers=headers, body=urlencode(form).encode())


def sign(key: bytes, url: str, form: Mapping[str, str]) -> str:
    """Twilio's signature of a form posted to `url`."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.digest(key, text.encode(), "sha1")).decode()


def signing_key(target: Target) -> bytes:
    """The key that the router verifies with."""
    task = target.of(ROUTER)[0]
    files = [task.file(f"/run/secrets/{name}") for name in ("twilio-auth-token", "webhook-signing-key")]
    return next(file for file in files if file.exists()).read_bytes().strip()
