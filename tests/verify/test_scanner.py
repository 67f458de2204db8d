"""The scanner finds a secret in every form, wherever it begins, and says nothing where there is none."""

import base64
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from components import expiry
from verify.authorities import fresh
from verify.needles import forms, hidden, tokens
from verify.scanner import Scanner

SECRET = "p/4ss+w0rd=?&ünïque"
FORMS = {
    "plain": lambda value: value,
    "hex": lambda value: value.hex().encode(),
    "HEX": lambda value: value.hex().upper().encode(),
    "URL": lambda value: quote(value, safe="").encode(),
    "url": lambda value: quote(value, safe="").lower().encode(),
    "base64": base64.b64encode,
    "base64url": base64.urlsafe_b64encode,
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_each_form(form: str) -> None:
    found, _ = Scanner({"it": SECRET}).scan([b"before ", FORMS[form](SECRET.encode()), b" after"])
    assert {name.split(" ")[0] for name in found} == {"it"}


@given(before=st.binary(max_size=7), after=st.binary(max_size=7), secret=st.text(min_size=8, max_size=40))
def test_base64_of_a_text_that_holds_the_secret_anywhere_holds_a_pattern(
    before: bytes, after: bytes, secret: str
) -> None:
    encoded = base64.b64encode(before + secret.encode() + after)
    assert any(pattern in encoded for form, pattern in forms(secret) if form == "base64")


def test_a_secret_across_two_chunks_is_found() -> None:
    half = len(SECRET.encode()) // 2
    found, size = Scanner({"it": SECRET}).scan([b"x" * 100_000 + SECRET.encode()[:half], SECRET.encode()[half:]])
    assert found == {"it (plain)"}
    assert size == 100_000 + len(SECRET.encode())


def test_nothing_is_found_in_noise() -> None:
    found, size = Scanner({"it": SECRET}).scan(os.urandom(1 << 16) for _ in range(64))
    assert (found, size) == (set(), 64 << 16)


def test_a_private_key_gives_itself_away_by_any_line_of_it_and_a_certificate_by_none() -> None:
    identity = fresh("root").leaf("api", "client_auth")
    scanner = Scanner({"key": identity.key.decode(), "certificate": identity.certificate.decode()})
    second = identity.key.splitlines()[1]
    assert scanner.scan([b"log: " + second])[0] == {"key (plain)"}
    assert scanner.scan([identity.certificate])[0] == set()


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL, PrivateFormat.OpenSSH])
def test_a_public_key_gives_no_private_key_away(form: PrivateFormat) -> None:
    """Both texts end with the same point, and where the bytes fall alike, so do the characters."""
    for _ in range(20):
        key = ec.generate_private_key(ec.SECP256R1())
        text = key.private_bytes(Encoding.PEM, form, NoEncryption())
        scanner = Scanner({"key": text.decode()})
        public = key.public_key()
        point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        certificates = [base64.b64encode(b"x" * before + point) for before in range(3)]
        assert scanner.scan([*certificates, public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)])[0] == set()
        assert scanner.scan([text])[0] == {"key (plain)"}


def test_a_mounted_file_is_searched_for_as_what_it_says() -> None:
    stored = base64.b64encode(b"ALTER ROLE api PASSWORD 'SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2E=$abc';\n").decode()
    assert tokens(stored) == {"c2FsdHNhbHRzYWx0c2E="}


def test_what_is_too_short_to_search_for_is_named() -> None:
    assert Scanner({"pin": "1234", "fine": SECRET}).too_short == ["pin"]


def test_the_patterns_are_on_no_command_line() -> None:
    """Another process could read them there."""
    secret, seen = os.urandom(16).hex(), []

    def watching() -> Iterator[bytes]:
        yield b"the search is running now"
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                seen.append((process / "cmdline").read_bytes() + (process / "environ").read_bytes())

    Scanner({"it": secret}).scan(watching())
    assert any(b"grep" in words for words in seen)
    assert not any(secret.encode() in words for words in seen)


def test_when_certificates_end_is_no_secret_and_what_stands_beside_it_is() -> None:
    metric = expiry.text({"api": "2026-03-01T00:00:00Z", "gateway": "2026-04-01T00:00:00Z"})
    assert hidden(metric) == ""
    assert tokens(f"{metric}5uR8vKw2Qe7ZmX4cB1nT9yLs\n") == {"5uR8vKw2Qe7ZmX4cB1nT9yLs"}
