"""Telling people: by e-mail through a fixed forward, by Telegram through the egress. What was not given is off."""

import json
import os
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

SECONDS = 15
TELEGRAM = "https://api.telegram.org"

Send = Callable[[str, str], None]


def channels(env: Mapping[str, str] = os.environ) -> dict[str, Send]:
    """The channels that `env` describes whole, by name; each takes a subject and a text, and may raise anything."""
    found: dict[str, Send] = {}
    if {"MAIL_ADDRESS", "MAIL_HOST", "MAIL_FROM", "MAIL_TO", "MAIL_PASSWORD_FILE"} <= env.keys():
        found["e-mail"] = lambda subject, text: _mail(env, subject, text)
    if {"EGRESS_PROXY", "TELEGRAM_CHAT", "TELEGRAM_TOKEN_FILE"} <= env.keys():
        found["Telegram"] = lambda subject, text: _telegram(env, f"{subject}\n{text}")
    return found


class Forwarded(smtplib.SMTP_SSL):
    """SMTP over TLS by a forward on loopback: the server still proves the name that it has outside."""

    def __init__(self, address: str, name: str) -> None:
        self.address, self.name = address, name
        super().__init__(name, timeout=SECONDS, context=ssl.create_default_context())

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:  # noqa: ARG002
        where, _, number = self.address.partition(":")
        plain = socket.create_connection((where, int(number)), timeout)
        return self.context.wrap_socket(plain, server_hostname=self.name)


def _mail(env: Mapping[str, str], subject: str, text: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, env["MAIL_FROM"], env["MAIL_TO"]
    message.set_content(text)
    with Forwarded(env["MAIL_ADDRESS"], env["MAIL_HOST"]) as server:
        server.login(env["MAIL_FROM"], Path(env["MAIL_PASSWORD_FILE"]).read_text().strip())
        server.send_message(message)


def _telegram(env: Mapping[str, str], text: str) -> None:
    token = Path(env["TELEGRAM_TOKEN_FILE"]).read_text().strip()
    body = json.dumps({"chat_id": env["TELEGRAM_CHAT"], "text": text}).encode()
    request = Request(f"{TELEGRAM}/bot{token}/sendMessage", body, {"Content-Type": "application/json"})  # noqa: S310
    opener = build_opener(
        ProxyHandler({"https": env["EGRESS_PROXY"]}), HTTPSHandler(context=ssl.create_default_context())
    )
    opener.open(request, timeout=SECONDS).close()
