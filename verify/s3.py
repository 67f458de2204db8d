"""As much of S3's signatures (AWS Signature Version 4) as a request without a body's hash needs."""

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

REGION, BODY = "us-east-1", "UNSIGNED-PAYLOAD"


def signed(method: str, path: str, host: str, key: str, secret: str, query: str = "") -> dict[str, str]:
    """The headers by which `key` asks; `query` is as in the URL."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/{REGION}/s3/aws4_request"
    headers = {"host": host, "x-amz-content-sha256": BODY, "x-amz-date": moment}
    names = ";".join(sorted(headers))
    pairs = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in parse_qsl(query, True))
    said = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    asked = "\n".join([method, quote(path), "&".join(map("=".join, pairs)), said, names, BODY])
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(asked.encode()).hexdigest()])
    word = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        word = hmac.digest(word, part.encode(), "sha256")
    proof = hmac.digest(word, text.encode(), "sha256").hex()
    credential = f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={proof}"
    return {name: value for name, value in headers.items() if name != "host"} | {"Authorization": credential}
