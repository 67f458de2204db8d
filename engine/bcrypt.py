"""bcrypt by the system's libcrypt: the hash that random's passwords carry."""

import base64
import ctypes
import functools
import os

from engine.errors import EngineError

COST = 10
_LIBRARIES = ("libcrypt.so.1", "libcrypt.so.2", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1")
_STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BCRYPT = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_SCRATCH = 256 * 1024  # at least as large as any libc's struct crypt_data
_LONGEST = 72  # bytes of a password that bcrypt looks at


def bcrypt(text: str) -> str:
    """The `$2a$10$...` hash of `text`, about 50 ms of work without holding the interpreter's lock."""
    salt = base64.b64encode(os.urandom(16)).rstrip(b"=").translate(bytes.maketrans(_STANDARD, _BCRYPT))
    setting = b"$2a$%02d$%s" % (COST, salt)
    scratch = ctypes.create_string_buffer(_SCRATCH)
    hashed: bytes | None = _crypt_r()(text.encode()[:_LONGEST], setting, scratch)
    if not hashed or not hashed.startswith(b"$2a$"):
        raise EngineError("this system's libcrypt cannot make bcrypt hashes, which random passwords carry")
    return hashed.decode()


@functools.cache
def _crypt_r() -> "ctypes._FuncPointer":
    for name in _LIBRARIES:
        try:
            function = ctypes.CDLL(name).crypt_r
        except (OSError, AttributeError):
            continue
        function.restype = ctypes.c_char_p
        function.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)
        return function
    raise EngineError("no libcrypt on this system: random passwords carry a bcrypt hash, which is made by it")
