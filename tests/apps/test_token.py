import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.token import TokenError, mint, user_of

KEY, OTHER = b"k" * 64, b"o" * 64


def test_a_token_names_its_user_until_it_expires() -> None:
    token = mint("alice", KEY, expiry=1000)
    assert user_of(token, KEY, now=1000) == "alice"
    with pytest.raises(TokenError):
        user_of(token, KEY, now=1001)


@given(st.data())
def test_a_token_altered_anywhere_is_refused(data: st.DataObject) -> None:
    token = mint("alice", KEY, expiry=2**40)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters().filter(lambda c: c != token[place]))
    with pytest.raises(TokenError):
        user_of(token[:place] + letter + token[place + 1 :], KEY, now=0)


@given(st.text())
@example("alice.1099511627776.\ud800")
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(TokenError):
        user_of(text, KEY, now=0)


def test_a_rotation_accepts_the_old_key_until_it_is_removed() -> None:
    old, both = mint("alice", KEY, expiry=1000), OTHER + b"\n" + KEY
    assert user_of(old, both, now=0) == "alice"
    assert user_of(mint("alice", both, expiry=1000), OTHER, now=0) == "alice"
    with pytest.raises(TokenError):
        user_of(old, OTHER, now=0)


@pytest.mark.parametrize("user", ["", "Alice", "a.b", "a/b", "a" * 41, "alice\n"])
def test_a_user_whose_name_could_be_misread_gets_no_token(user: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        mint(user, KEY, expiry=1000)


def test_a_short_key_signs_nothing() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        mint("alice", b"short", expiry=1000)
