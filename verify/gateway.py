"""The gateway: TLS 1.3 and HTTP/2 only by TLS, a redirect for the rest, headers, and its own health page."""

import ssl
from collections.abc import Iterator

from verify.group import agree
from verify.matrix import reason
from verify.public import Public
from verify.report import Row
from verify.running import Target
from verify.tls import received

GATEWAY = "gateway"
HEADERS = {
    "strict-transport-security": "max-age=",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'",
}
CURVES = {"X25519": True, "prime256v1": True, "secp384r1": True, "secp521r1": False, "X448": False}
"""What Mozilla's modern profile takes (Server Side TLS 5.7), and two more that OpenSSL knows."""
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5)
"""A client's preface and its empty SETTINGS frame (RFC 9113, 3.4)."""


def gateway(target: Target) -> Iterator[Row]:
    """What any client, and any TLS scanner, sees."""
    public = Public.of(target)
    yield _old_tls(public)
    yield from _curves(public)
    yield _http2(public)
    yield from _redirect(public)
    yield from _health(public)
    yield _other_name(public)


def _old_tls(public: Public) -> Row:
    claim = "refuses TLS 1.2"
    try:
        with public.connect(highest=ssl.TLSVersion.TLSv1_2) as stream:
            return Row(GATEWAY, claim, ok=False, seen=str(stream.version()))
    except ssl.SSLError as error:
        return Row(GATEWAY, claim, ok="PROTOCOL_VERSION" in reason(error), seen=reason(error))


def _curves(public: Public) -> Iterator[Row]:
    for curve, wanted in CURVES.items():
        claim = f"{'agrees on' if wanted else 'refuses'} the curve {curve}"
        agreed, seen = agree(public, curve)
        yield Row(GATEWAY, claim, ok=agreed if wanted else "HANDSHAKE_FAILURE" in seen, seen=seen)


def _http2(public: Public) -> Row:
    with public.connect(alpn=("h2", "http/1.1")) as stream:
        version, chosen = stream.version(), stream.selected_alpn_protocol()
        stream.sendall(PREFACE)
        first = received(stream)
    is_settings = len(first) >= 9 and first[3] == 4
    seen = f"{version}, {chosen}, {'its SETTINGS came' if is_settings else 'no SETTINGS'}"
    return Row(GATEWAY, "speaks TLS 1.3 and HTTP/2", (version, chosen) == ("TLSv1.3", "h2") and is_settings, seen)


def _redirect(public: Public) -> Iterator[Row]:
    for uri in ("/", "/api/messages?limit=1&since=2024-01-01"):
        answer = public.ask_plain(uri)
        to = answer.headers.get("location", "")
        ok = answer.status == 301 and to == f"{public.url}{uri}"
        yield Row(GATEWAY, f"sends http {uri} to https", ok, f"{answer.status} {to}")


def _health(public: Public) -> Iterator[Row]:
    health = public.ask("GET", "/health")
    ok = (health.status, health.body) == (200, b"healthy\n") and health.headers["content-type"].startswith("text/plain")
    yield Row(GATEWAY, "/health says healthy", ok, f"{health.status} {health.body!r}")
    for path, answer in (("/health", health), ("/nowhere", public.ask("GET", "/nowhere"))):
        missing = [name for name, value in HEADERS.items() if value not in answer.headers.get(name, "")]
        yield Row(GATEWAY, f"{path} carries the security headers", not missing, ", ".join(missing))
        server = answer.headers.get("server", "")
        yield Row(GATEWAY, f"{path} tells no version", not any(digit in server for digit in "0123456789"), server)


def _other_name(public: Public) -> Row:
    """Its certificate is its own."""
    other = Public("other.example", public.http, public.https, public.roots)
    try:
        with other.connect():
            return Row(GATEWAY, "is nobody else", ok=False, seen="proved to be other.example")
    except ssl.SSLCertVerificationError as error:
        return Row(GATEWAY, "is nobody else", ok=True, seen=reason(error))
