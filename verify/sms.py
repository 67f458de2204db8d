"""The clients that the assistant has: its telephone company, and users with a token."""

# mypy: allow-untyped-calls

import base64
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from systems import assistant
from verify.public import Answer, Public
from verify.running import Target

WEBHOOK = "/webhook/sms"
ROUTER, API = "sms-router", "api"
ALICE, BOB = "alice", "bob"
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


def token(target: Target, user: str) -> dict[str, str]:
    """The header that shows a user's token, minted where the key is."""
    minted = execute(target, API, ["python3", "-m", "apps.token", user])
    return {"Authorization": f"Bearer {minted.decode().strip()}"}


def execute(target: Target, service: str, command: list[str], env: Mapping[str, str] | None = None) -> bytes:
    """What `command` prints in the container of a service's first task. Raises RuntimeError when it fails."""
    engine, container = target.engine, target.of(service)[0].container
    made: dict[str, Any] = engine.exec_create(container, command, environment=dict(env or {}), workdir="/app")
    output, errors = engine.exec_start(made["Id"], demux=True)
    if engine.exec_inspect(made["Id"])["ExitCode"] != 0:
        raise RuntimeError(f"{service}: {' '.join(command[:3])}: {(errors or b'').decode(errors='replace')[-300:]}")
    return bytes(output or b"")
