"""Values survive the wire and the state, and secrets stay marked."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.crypto import Crypter
from engine.state import seal, unseal
from engine.values import (
    UNKNOWN,
    Secret,
    equal,
    from_wire,
    has_secret,
    has_unknown,
    reveal,
    sealed,
    shown,
    taint,
    to_wire,
)

KEYS = st.text(min_size=1).filter(lambda text: not text.startswith("4dabf18193072939515e22adb298388d"))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-(2**53), 2**53, allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
MARKED = st.recursive(
    PLAIN | PLAIN.map(Secret),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
CRYPTER = Crypter("", b"k" * 32)


@given(st.dictionaries(KEYS, MARKED, max_size=4))
def test_a_value_comes_back_from_the_wire_as_it_was(value: dict[str, Any]) -> None:
    assert from_wire(to_wire(value)) == value


def test_a_large_number_is_told_in_the_digits_that_the_cli_writes() -> None:
    """The recorded text of the same doubles; both mean the same number, and states are compared as texts, too."""
    numbers = from_wire(to_wire({"big": 12345678901234567890, "bigger": 1e21, "exact": 2**53, "small": -1.5}))
    assert (
        json.dumps(numbers, sort_keys=True)
        == '{"big": 12345678901234567000, "bigger": 1e+21, "exact": 9007199254740992, "small": -1.5}'
    )


@given(MARKED)
def test_a_value_comes_back_from_the_state_as_it_was(value: Any) -> None:
    assert unseal(seal(value, CRYPTER), CRYPTER) == value


@given(MARKED)
def test_an_opened_value_holds_no_secret_and_a_sealed_one_is_opened_inside(value: Any) -> None:
    assert not has_secret(reveal(value))
    assert not has_secret(sealed(value).value)
    assert not has_secret(shown(value))


@given(PLAIN, MARKED)
def test_tainting_changes_no_value(output: Any, given_input: Any) -> None:
    assert reveal(taint(output, given_input)) == output


def test_a_secret_input_taints_the_same_place_of_the_output() -> None:
    outputs = taint(
        {"a": {"x": 1, "y": 2}, "b": [1, 2], "c": 3}, {"a": {"x": Secret(1)}, "b": [1, Secret(2)], "d": Secret(4)}
    )
    assert outputs == {"a": {"x": Secret(1), "y": 2}, "b": Secret([1, 2]), "c": 3}


def test_a_list_with_a_secret_in_it_is_sealed_as_a_whole() -> None:
    assert taint([1, 2, 3], [{"x": Secret(1)}]) == Secret([1, 2, 3])


def test_an_unknown_differs_from_everything_and_survives_the_wire() -> None:
    assert not equal(UNKNOWN, UNKNOWN)
    assert from_wire(to_wire({"a": [UNKNOWN]})) == {"a": [UNKNOWN]}
    assert has_unknown(Secret({"a": UNKNOWN}))


def test_equal_values_are_equal_whether_secret_or_not() -> None:
    assert equal({"a": Secret("x")}, {"a": "x"})


def test_a_secret_is_not_in_its_own_representation() -> None:
    assert "hunter2" not in repr(Secret("hunter2"))
    assert "hunter2" not in repr({"password": [Secret("hunter2")]})


def test_the_state_of_a_secret_is_its_ciphertext() -> None:
    stored = str(seal({"a": Secret("hunter2")}, CRYPTER))
    assert "hunter2" not in stored
    assert "ciphertext" in stored


def test_an_asset_is_stored_with_the_hash_of_its_text() -> None:
    asset = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "hello"}
    assert from_wire(to_wire({"a": asset}))["a"]["hash"].startswith("2cf24dba5fb0a30e")
