"""Files in an object store, by this caller's certificate and key."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import httpx

from apps.calls import http_client
from apps.links import Http, Links
from apps.signature import Key


@dataclass(frozen=True)
class Store:
    """A bucket of the callee `link`, and this caller's key there."""

    link: Http
    bucket: str
    key: Key

    @classmethod
    def of(cls, links: Links, name: str) -> "Store":
        """The store that the environment describes. Raises LinkError."""
        bucket, user, secret = links.store(name)
        return cls(links.to(name, Http), bucket, Key(user, secret))

    async def put(self, name: str, content: bytes) -> None:
        """Store `content` under `name`, over what is there. Raises httpx.HTTPError."""
        (await self._ask("PUT", name, content)).raise_for_status()

    async def get(self, name: str) -> bytes | None:
        """What is stored under `name`, or None. Raises httpx.HTTPError."""
        answer = await self._ask("GET", name)
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        return bytes(answer.content)

    async def _ask(self, method: str, name: str, content: bytes = b"") -> httpx.Response:
        path, host = f"/{self.bucket}/{quote(name)}", urlsplit(self.link.url).netloc
        headers = self.key.headers(method, host, path, content, datetime.now(UTC))
        async with http_client(self.link) as http:
            return await http.request(method, path, content=content, headers=headers)
