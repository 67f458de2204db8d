"""The scanner finds a secret in every form, wherever it begins, and says nothing where there is none."""

import base64
import itertools
import os
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


@given(st.data())
def test_a_secret_is_found_wherever_the_chunks_part(data: st.DataObject) -> None:
    stream = b"x" * 50 + SECRET.encode() + b"y" * 20
    ends = data.draw(st.lists(st.integers(0, len(stream)), max_size=8).map(sorted))
    chunks = [stream[begin:end] for begin, end in itertools.pairwise([0, *ends, len(stream)])]
    assert Scanner({"it": SECRET}).scan(chunks) == ({"it (plain)"}, len(stream))


def test_a_secret_that_is_part_of_another_is_found_with_it() -> None:
    found, _ = Scanner({"inner": "4ss+w0rd=?&", "outer": SECRET}).scan([SECRET.encode()])
    assert found == {"inner (plain)", "outer (plain)"}


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


def test_when_certificates_end_is_no_secret_and_what_stands_beside_it_is() -> None:
    metric = expiry.text({"api": "2026-03-01T00:00:00Z", "gateway": "2026-04-01T00:00:00Z"})
    assert hidden(metric) == ""
    assert tokens(f"{metric}5uR8vKw2Qe7ZmX4cB1nT9yLs\n") == {"5uR8vKw2Qe7ZmX4cB1nT9yLs"}
