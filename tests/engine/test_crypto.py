"""The passphrase provider's format, against a value that the Pulumi CLI would accept, and every way to be refused."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine import crypto
from engine.errors import PassphraseError, StateError


def test_the_key_is_derived_as_pulumi_derives_it() -> None:
    salt = b"12345678"
    key = hashlib.pbkdf2_hmac("sha256", b"secret words", salt, 1_000_000, 32)
    nonce = b"n" * 12
    proof = AESGCM(key).encrypt(nonce, b"pulumi", None)
    encoded = f"v1:{_b64(salt)}:v1:{_b64(nonce)}:{_b64(proof)}"
    assert crypto.open_crypter("secret words", encoded).key == key


@pytest.mark.usefixtures("quick")
class TestWithAQuickKey:
    def test_what_one_process_encrypts_the_next_one_reads(self) -> None:
        first = crypto.new_crypter("pass")
        assert crypto.open_crypter("pass", first.salt).decrypt(first.encrypt("ünï")) == "ünï"

    def test_the_same_text_is_never_encrypted_alike(self) -> None:
        crypter = crypto.new_crypter("pass")
        assert crypter.encrypt("x") != crypter.encrypt("x")

    def test_a_wrong_passphrase_is_refused(self) -> None:
        with pytest.raises(PassphraseError, match="incorrect passphrase"):
            crypto.open_crypter("other", crypto.new_crypter("pass").salt)

    @pytest.mark.parametrize("salt", ["", "v1", "v2:AAAA:v1:AAAA:AAAA", "v1:!!:v1:AAAA:AAAA"])
    def test_a_damaged_salt_is_refused(self, salt: str) -> None:
        with pytest.raises((StateError, PassphraseError)):
            crypto.open_crypter("pass", salt)

    @pytest.mark.parametrize("ciphertext", ["", "v1:AAAA", "v2:AAAA:AAAA", "v1:AAAAAAAAAAAAAAAA:AAAA"])
    def test_a_damaged_ciphertext_is_refused(self, ciphertext: str) -> None:
        with pytest.raises(StateError):
            crypto.new_crypter("pass").decrypt(ciphertext)

    def test_neither_key_nor_passphrase_is_in_the_representation(self) -> None:
        crypter = crypto.new_crypter("pass")
        assert repr(crypter.key) not in repr(crypter)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
