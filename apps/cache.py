"""Redis with the callee's name checked and no system authority trusted: clients for counters and for Celery."""

import ssl
from typing import Any

import redis

from apps.links import Redis

SECONDS = 1.0


class VerifiedConnection(redis.SSLConnection):  # type: ignore[misc]
    """redis-py's TLS connection with a context of ours in place of its own, which trusts every public authority."""

    def __init__(self, *, tls: ssl.SSLContext, **options: Any) -> None:
        super().__init__(**options)
        self.tls = tls

    def _connect(self) -> ssl.SSLSocket:
        socket = redis.Connection._connect(self)
        return self.tls.wrap_socket(socket, server_hostname=self.host)


class AllowanceError(Exception):
    """The user has used up the allowance of this minute."""


class Allowance:
    """Counts what each user asks for, under keys that start with `prefix`."""

    def __init__(self, link: Redis, prefix: str, per_minute: int) -> None:
        self.client, self.prefix, self.per_minute = client(link), prefix, per_minute

    def use(self, user: str) -> None:
        """Count one more. Raises AllowanceError above the limit, and redis.RedisError when Redis does not answer."""
        with self.client.pipeline() as pipe:
            used, _ = pipe.incr(key := f"{self.prefix}:{user}").expire(key, 60, nx=True).execute()
        if used > self.per_minute:
            raise AllowanceError


def client(link: Redis) -> "redis.Redis":
    """A client whose every command ends within 1 s of connecting and 1 s of waiting."""
    pool = redis.ConnectionPool(
        connection_class=VerifiedConnection, tls=link.tls, host=link.host, port=link.port,
        username=link.user, password=link.password, socket_timeout=SECONDS, socket_connect_timeout=SECONDS,
    )  # fmt: skip
    return redis.Redis(connection_pool=pool)
