"""Twilio's webhook: how a request is signed, and what answers it."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from xml.sax.saxutils import escape


def signature(key: bytes, url: str, form: Iterable[tuple[str, str]]) -> str:
    """What X-Twilio-Signature must say for a POST of `form` to `url`, as the sender spelled it."""
    signed = url + "".join(name + value for name, value in sorted(set(form)))
    # Twilio's protocol fixes SHA-1; as the hash of an HMAC it is not known to be weak.
    return base64.b64encode(hmac.digest(key, signed.encode(), hashlib.sha1)).decode()


def is_signed(given: str, key: bytes, url: str, form: Iterable[tuple[str, str]]) -> bool:
    """Whether the signature `given` is the right one, compared in constant time."""
    return hmac.compare_digest(given.encode(), signature(key, url, form).encode())


def twiml(reply: str | None) -> str:
    """The answer that makes Twilio send `reply` back, or nothing."""
    message = f"<Message>{escape(reply)}</Message>" if reply else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
