"""python -m scripts.demo STACK: an SMS goes in at the gateway, and its user reads it back; another user cannot.

It plays Twilio and two users: the webhook's signature and the users' tokens are made inside the services that hold the
keys, so that no key leaves its container.
"""

import json
import secrets
import ssl
import sys
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import docker

from scripts import containers
from scripts.stack import CHECKOUT, Stack, deployed

SIGN = """
import json, sys
from apps.links import Links
from apps.twilio import signature
links = Links()
key = links.secret("twilio-auth-token") or links.required_secret("webhook-signing-key")
print(signature(key, sys.argv[1], json.loads(sys.argv[2]).items()))
"""
SENDER, SENDERS_USER, OTHER_USER = "+12025550101", "alice", "bob"
SECONDS = 20


def main(stack: Stack) -> int:
    """Runs the demonstration; 0 when the message was answered, and seen by its user alone."""
    gateway = Gateway(stack)
    sid = f"SM{secrets.token_hex(16)}"
    body = f"Remember the milk ({sid[-6:]})"
    form = {"MessageSid": sid, "From": SENDER, "Body": body}
    address = f"{stack.url}/webhook/sms"
    start = time.monotonic()
    signature = inside(stack, "sms-router", "python3", "-c", SIGN, address, json.dumps(form))
    reply = gateway.send("/webhook/sms", {"X-Twilio-Signature": signature}, urlencode(form).encode())
    print(f"  SMS from {SENDER}: {body}\n  answered after {time.monotonic() - start:.2f} s: {reply}")

    token = inside(stack, "api", "python3", "-m", "apps.token", SENDERS_USER)
    found = gateway.awaited(token, body)
    print(f"  {SENDERS_USER} reads it back after {time.monotonic() - start:.2f} s: {'yes' if found else 'NO'}")
    other = gateway.messages(inside(stack, "api", "python3", "-m", "apps.token", OTHER_USER))
    hidden = body not in other
    print(f"  {OTHER_USER} sees it: {'no' if hidden else 'YES'}")
    return 0 if found and hidden else 1


class Gateway:
    """The stack's front door, verified by its own root certificate."""

    def __init__(self, stack: Stack) -> None:
        self.url = stack.url
        self.trust = ssl.create_default_context(cafile=str(CHECKOUT / stack.root_file))

    def send(self, path: str, headers: Mapping[str, str], body: bytes | None = None) -> str:
        """The answer's text; an error status is an exception."""
        request = Request(f"{self.url}{path}", data=body, headers=dict(headers))  # noqa: S310 # our own https address
        with urlopen(request, context=self.trust, timeout=10) as answer:  # noqa: S310
            return str(answer.read().decode())

    def messages(self, token: str) -> list[str]:
        """The texts that the token's user may see."""
        answer: list[dict[str, Any]] = json.loads(
            self.send("/api/messages", {"Authorization": f"Bearer {token}"}),
        )
        return [message["body"] for message in answer]

    def awaited(self, token: str, body: str) -> bool:
        """Whether the message is there before the time is up."""
        end = time.monotonic() + SECONDS
        while body not in self.messages(token):
            if time.monotonic() > end:
                return False
            time.sleep(0.5)
        return True


def inside(stack: Stack, service: str, *command: str) -> str:
    """The output of a command in one of the service's containers."""
    running = containers.labelled(docker.from_env(), stack.name, {"service": service}, health="healthy")
    if not running:
        raise SystemExit(f"rempart: no healthy container of {service} on this node")
    status, output = running[0].exec_run(list(command))
    text: str = output.decode().strip()
    if status != 0:
        raise SystemExit(f"rempart: {service}: {text}")
    return text


if __name__ == "__main__":
    sys.exit(main(deployed(sys.argv[1])))
