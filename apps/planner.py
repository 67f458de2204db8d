"""What the agent answers: Gemini's reply, or an honest echo without it."""

import logging
from dataclasses import dataclass, field
from typing import Any

import httpx

from apps.calls import outside
from apps.links import Egress, Links

SECONDS = 1.5
URL = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.0-flash-lite:generateContent"
ROLES = {"in": "user", "out": "model"}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gemini:
    """The language model, by the way out and with this stack's key."""

    egress: Egress
    key: str = field(repr=False)

    @classmethod
    def of(cls, links: Links) -> "Gemini | None":
        """The model, or None when this stack has no key for it. Raises LinkError when it has no way to it."""
        key = links.secret("gemini-api-key")
        return cls(links.to("egress", Egress), key.decode()) if key else None

    async def answer(self, text: str, history: list[dict[str, Any]]) -> str:
        """The model's reply within 1.5 s. Raises httpx.HTTPError, and LookupError for an empty answer."""
        said = [*history, {"direction": "in", "body": text}]
        turns = [{"role": ROLES[turn["direction"]], "parts": [{"text": turn["body"]}]} for turn in said]
        async with outside(self.egress) as http:
            answer = await http.post(
                URL, json={"contents": turns}, headers={"x-goog-api-key": self.key}, timeout=SECONDS
            )
        answer.raise_for_status()
        return str(answer.json()["candidates"][0]["content"]["parts"][0]["text"])


async def reply(text: str, history: list[dict[str, Any]], gemini: Gemini | None) -> str:
    """What to answer. Without the model, or when it fails or is slow, the echo says so."""
    if gemini is None:
        return f"Noted: {text} (the language model is off)"
    try:
        return await gemini.answer(text, history)
    except (httpx.HTTPError, LookupError, ValueError) as error:
        log.warning("Gemini did not answer", extra={"fields": {"error": type(error).__name__}})
        return f"Noted: {text} (the language model does not answer)"
