"""Who a user is: a token `user.expiry.signature`. `python3 -m apps.token USER` prints one for a day.

The key's file may hold several keys, one on each line: the first signs and all are accepted, so that a key is rotated
without ending anybody's session.
"""

import hashlib
import hmac
import re
import sys
import time
from base64 import urlsafe_b64encode

USER = re.compile(r"[a-z0-9-]{1,40}")
DAY = 24 * 3600


class TokenError(Exception):
    """The token is malformed, expired, or signed with none of the keys."""


def mint(user: str, keys: bytes, expiry: float) -> str:
    """A token for `user` until `expiry` (Unix time). Raises ValueError for a name that cannot be a user's."""
    if not USER.fullmatch(user):
        raise ValueError("a user's name is lower-case letters, digits and hyphens")
    claim = f"{user}.{int(expiry)}"
    return f"{claim}.{_signature(claim, keys.split()[0])}"


def user_of(token: str, keys: bytes, now: float) -> str:
    """The user whom `token` names. Raises TokenError."""
    if not token.isascii():
        raise TokenError
    claim, _, signature = token.rpartition(".")
    valid = [hmac.compare_digest(_signature(claim, key).encode(), signature.encode()) for key in keys.split()]
    if not any(valid):
        raise TokenError
    user, _, expiry = claim.partition(".")
    if int(expiry) < now:
        raise TokenError
    return user


def _signature(claim: str, key: bytes) -> str:
    if len(key) < 32:
        raise ValueError("a signing key has at least 32 characters")
    return urlsafe_b64encode(hmac.digest(key, claim.encode(), hashlib.sha256)).decode().rstrip("=")


def main() -> None:
    """Print a token for the user named on the command line."""
    from apps.links import Links  # noqa: PLC0415

    print(mint(sys.argv[1], Links().required_secret("api-secret-key"), time.time() + DAY))


if __name__ == "__main__":
    main()
