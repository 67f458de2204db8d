"""Whom a request is for: the holder of a bearer token, or whom a trusted caller names.

The front in this container ends TLS, checks the caller's certificate and always overwrites X-Rempart-Caller, so its
value is proven. Only the SMS router may name a user without a token: it knows users by their telephone numbers.
"""

import time
from collections.abc import Callable

from fastapi import HTTPException, Request

from apps.token import USER, TokenError, user_of

NAMES_USERS = "sms-router"


def user_by_token(keys: bytes) -> Callable[[Request], str]:
    """A dependency: the user of the request's bearer token, or 401."""

    def user(request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() == "bearer":
                return user_of(token, keys, time.time())
        except TokenError:
            pass
        raise HTTPException(401, "a valid token is needed", {"WWW-Authenticate": "Bearer"})

    return user


def user_by_token_or_router(keys: bytes) -> Callable[[Request], str]:
    """A dependency: the user whom the SMS router names, or the token's when anybody else calls."""
    by_token = user_by_token(keys)

    def user(request: Request) -> str:
        if request.headers.get("x-rempart-caller") == NAMES_USERS:
            named = str(request.headers.get("x-user", ""))
            if USER.fullmatch(named):
                return named
        return by_token(request)

    return user
