"""The hash that random's passwords carry."""

import ctypes

from engine import bcrypt


def test_a_hash_costs_what_the_plugins_costs_and_proves_its_password() -> None:
    made = bcrypt.bcrypt("a password").encode()
    assert made.startswith(b"$2a$10$")
    hashed = [
        bcrypt._crypt_r()(each, made, ctypes.create_string_buffer(bcrypt._SCRATCH)) for each in (b"a password", b"b")
    ]
    assert hashed[0] == made != hashed[1]
