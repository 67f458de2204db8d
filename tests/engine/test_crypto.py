"""The passphrase provider's format, against a value that the Pulumi CLI would accept, and every way to be refused."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine import crypto
from engine.errors import PassphraseError, StateError


def test_the_key_is_derived_as_pulumi_derives_it() -> None:
    """PBKDF2 with SHA-256: a million rounds, of which only ours take their time here."""
    salt = b"12345678"
    key = bytes.fromhex("046d7062f83767e0ac0d086e650b7624743287d05fbc3d25ad3c068af0cec1c5")
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

    def test_a_key_is_kept_for_its_user_alone_beside_a_passphrase_that_is_kept(self, tmp_path: Path) -> None:
        crypto.keep_keys_of("kept", tmp_path / "keys")
        made = crypto.new_crypter("kept")
        (kept,) = (tmp_path / "keys").iterdir()
        assert (kept.read_bytes(), kept.stat().st_mode & 0o777) == (made.key, 0o600)
        assert crypto.open_crypter("kept", made.salt).key == made.key
        crypto.new_crypter("another")
        assert list((tmp_path / "keys").iterdir()) == [kept]

    def test_a_kept_key_that_is_damaged_is_derived_again(self, tmp_path: Path) -> None:
        crypto.keep_keys_of("kept", tmp_path)
        made = crypto.new_crypter("kept")
        (kept,) = tmp_path.iterdir()
        kept.write_bytes(made.key[:7])
        assert crypto.open_crypter("kept", made.salt).key == made.key == kept.read_bytes()

    def test_neither_key_nor_passphrase_is_in_the_representation(self) -> None:
        crypter = crypto.new_crypter("pass")
        assert repr(crypter.key) not in repr(crypter)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
