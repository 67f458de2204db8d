"""Push notifications by Firebase, through the egress: a service account's signed claim is exchanged for a token."""

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from apps.calls import outside_now
from apps.links import Egress, Links

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
TOKENS = "https://oauth2.googleapis.com/token"
MESSAGES = "https://fcm.googleapis.com/v1/projects/{}/messages:send"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
HOUR = 3600


class FirebaseError(Exception):
    """Firebase did not take the message; nothing says why to who reads the logs of an application."""


@dataclass
class Firebase:
    """A service account: `account` is the file that Google gives, parsed."""

    egress: Egress
    account: dict[str, Any] = field(repr=False)
    _token: tuple[str, float] = field(default=("", 0.0), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(cls, links: Links) -> "Firebase | None":
        """The account of the secret `firebase-account`; None where the stack has none. Raises ValueError."""
        given = links.secret("firebase-account")
        return cls(links.to("egress", Egress), json.loads(given)) if given else None

    def send(self, *, topic: str, text: str) -> None:
        """Send `text` to who subscribed to `topic`. Raises FirebaseError."""
        message = {"message": {"topic": topic, "notification": {"title": "SamaConso", "body": text}}}
        try:
            with outside_now(self.egress) as http:
                headers = {"Authorization": f"Bearer {self._access(http)}"}
                http.post(MESSAGES.format(self.account["project_id"]), json=message, headers=headers).raise_for_status()
        except (httpx.HTTPError, KeyError) as error:
            raise FirebaseError from error

    def _access(self, http: httpx.Client) -> str:
        with self._lock:
            token, ends = self._token
            if ends < time.time() + 60:
                answer = http.post(TOKENS, data={"grant_type": GRANT, "assertion": self._claim(int(time.time()))})
                token = str(answer.raise_for_status().json()["access_token"])
                self._token = (token, time.time() + HOUR)
            return token

    def _claim(self, now: int) -> str:
        claim = {"iss": self.account["client_email"], "scope": SCOPE, "aud": TOKENS, "iat": now, "exp": now + HOUR}
        signed = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claim))
        key = load_pem_private_key(self.account["private_key"].encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise FirebaseError
        signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_encoded(signature)}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
