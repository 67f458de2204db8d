"""AWS Signature Version 4, by which a request to an object store proves whose it is."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

REGION, SERVICE = "us-east-1", "s3"


@dataclass(frozen=True)
class Key:
    """A user of an object store, and the key that signs."""

    user: str
    secret: str = field(repr=False)

    def headers(
        self, method: str, host: str, path: str, content: bytes, now: datetime, query: str = ""
    ) -> dict[str, str]:
        """The headers that sign a request; `path` and `query` as they are sent."""
        headers = {
            "host": host,
            "x-amz-content-sha256": hashlib.sha256(content).hexdigest(),
            "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}",
        }
        scope = f"{now:%Y%m%d}/{REGION}/{SERVICE}/aws4_request"
        request = _digest(method, path, query, headers)
        text = "\n".join(("AWS4-HMAC-SHA256", headers["x-amz-date"], scope, request))
        key = f"AWS4{self.secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        parts = f"Credential={self.user}/{scope}, SignedHeaders={';'.join(headers)}, Signature={signature}"
        return {**headers, "authorization": f"AWS4-HMAC-SHA256 {parts}"}


def _digest(method: str, path: str, query: str, headers: Mapping[str, str]) -> str:
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"{method}\n{path}\n{query}\n{lines}\n{';'.join(headers)}\n{headers['x-amz-content-sha256']}"
    return hashlib.sha256(request.encode()).hexdigest()
