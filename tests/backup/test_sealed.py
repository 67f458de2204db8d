"""A sealed file opens with its key alone, and as a whole or not at all."""

import base64
import io
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup import sealed
from backup.errors import BackupError
from backup.sealed import CHUNK, HEADER, TAG, Sealer, read_keys, unsealed

KEY, OTHER = secrets.token_bytes(32), secrets.token_bytes(32)


def seal(content: bytes, key: bytes = KEY) -> bytes:
    target = io.BytesIO()
    sealer = Sealer(target, key)
    for start in range(0, len(content), 300_000):
        sealer.write(content[start : start + 300_000])
    sealer.close()
    return target.getvalue()


def opened(data: bytes, *keys: bytes) -> bytes:
    return b"".join(unsealed(io.BytesIO(data), keys or (KEY,), "a file"))


SMALL = seal(b"what must not be lost")
LARGE = seal(bytes(2 * CHUNK + 5))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_is_sealed_opens_as_it_was(size: int) -> None:
    content = secrets.token_bytes(size)
    assert opened(seal(content)) == content


def test_an_old_key_still_opens_what_it_sealed() -> None:
    assert opened(SMALL, OTHER, KEY) == b"what must not be lost"


def test_the_same_content_is_never_sealed_twice_alike() -> None:
    assert seal(b"again")[HEADER:] != seal(b"again")[HEADER:]


def test_another_key_is_told_from_damage_and_both_are_named() -> None:
    with pytest.raises(BackupError, match="was sealed with the key") as caught:
        opened(SMALL, OTHER)
    assert sealed.identity(KEY).hex() in str(caught.value)
    assert sealed.identity(OTHER).hex() in str(caught.value)
    assert OTHER.hex() not in str(caught.value)


def test_any_flipped_bit_is_found() -> None:
    for bit in range(len(SMALL) * 8):
        data = bytearray(SMALL)
        data[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BackupError, match=r"damaged|sealed with the key|no sealed backup"):
            opened(bytes(data))


@given(st.integers(0, len(LARGE) - 1))
def test_any_cut_is_found(length: int) -> None:
    with pytest.raises(BackupError, match=r"cut short|no sealed backup"):
        opened(LARGE[:length])


@pytest.mark.parametrize("chunks", [(1, 0, 2), (0, 2), (0, 0, 1, 2), (1, 2), (0, 1, 2, 2)])
def test_chunks_cannot_be_moved_repeated_or_left_out(chunks: tuple[int, ...]) -> None:
    size = CHUNK + TAG
    parts = [LARGE[HEADER + number * size : HEADER + (number + 1) * size] for number in range(3)]
    with pytest.raises(BackupError, match="damaged"):
        opened(LARGE[:HEADER] + b"".join(parts[number] for number in chunks))


def test_what_follows_the_end_is_found() -> None:
    with pytest.raises(BackupError, match="damaged"):
        opened(SMALL + b"x")


WHOLE = base64.b64encode(KEY).decode()


@pytest.mark.parametrize(
    "text", ["", "c2hvcnQ=", "not base64!", f"{WHOLE}\nc2hvcnQ="], ids=["empty", "short", "other", "one is short"]
)
def test_a_key_file_without_whole_keys_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    with pytest.raises(BackupError, match="must hold keys of 32 bytes in base64"):
        read_keys(file)


def test_a_key_file_holds_the_present_key_and_the_former_ones(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("\n".join(base64.b64encode(key).decode() for key in (KEY, OTHER)) + "\n")
    assert read_keys(file) == [KEY, OTHER]
