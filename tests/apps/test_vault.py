import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.vault import Sealed, Vault, VaultError

OLD, NEW = (base64.b64encode(os.urandom(32)) for _ in range(2))


@given(st.binary())
def test_what_is_sealed_opens_for_its_user_and_provider_only(content: bytes) -> None:
    vault = Vault.of(OLD)
    sealed = vault.seal(content, user="alice", provider="google")
    assert vault.open(sealed, user="alice", provider="google") == content
    for user, provider in (("bob", "google"), ("alice", "notion")):
        with pytest.raises(VaultError):
            vault.open(sealed, user=user, provider=provider)


@given(st.data())
def test_an_altered_ciphertext_does_not_open(data: st.DataObject) -> None:
    vault = Vault.of(OLD)
    sealed = vault.seal(b"token", user="alice", provider="google")
    place = data.draw(st.integers(0, len(sealed.data) - 1))
    altered = bytearray(sealed.data)
    altered[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(VaultError):
        vault.open(Sealed(sealed.key, bytes(altered)), user="alice", provider="google")


def test_the_same_content_never_looks_the_same() -> None:
    vault = Vault.of(OLD)
    assert vault.seal(b"token", user="a", provider="g") != vault.seal(b"token", user="a", provider="g")


def test_a_rotation_seals_with_the_new_key_and_opens_with_both() -> None:
    sealed = Vault.of(OLD).seal(b"token", user="alice", provider="google")
    both = Vault.of(NEW + b"\n" + OLD)
    assert both.open(sealed, user="alice", provider="google") == b"token"
    assert both.current == Vault.of(NEW).current
    assert both.seal(b"token", user="alice", provider="google").key != sealed.key
    with pytest.raises(VaultError):
        Vault.of(NEW).open(sealed, user="alice", provider="google")


@pytest.mark.parametrize("file", [b"", b"not base64!", base64.b64encode(b"short")])
def test_an_unusable_key_file_is_refused_without_showing_it(file: bytes) -> None:
    with pytest.raises(VaultError) as refused:
        Vault.of(file)
    assert not file or file.decode() not in str(refused.value)


def test_a_vault_does_not_show_its_keys() -> None:
    assert OLD.decode() not in repr(Vault.of(OLD))
