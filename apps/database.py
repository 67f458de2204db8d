"""Transactions in PostgreSQL, each for one user and no longer than a caller can wait.

A connection is made for each transaction: nothing waits for a pool, a revoked password counts at once, and no session
carries one user's identity to another's request.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg.rows import dict_row

from apps.links import Postgres

SECONDS = 1.8


@asynccontextmanager
async def transaction(link: Postgres, user: str | None = None) -> "AsyncIterator[psycopg.AsyncConnection]":
    """A transaction that sees the rows of `user` only, and no user's rows without one.

    Commits at the end; any error or the time limit closes the connection, which rolls back. Raises psycopg.Error and
    TimeoutError.
    """
    async with asyncio.timeout(SECONDS):
        connection = await psycopg.AsyncConnection.connect(
            link.conninfo, password=link.password, connect_timeout=2, row_factory=dict_row
        )
        try:
            if user is not None:
                await connection.execute("SELECT set_config('app.user_id', %s, true)", (user,))
            yield connection
            await connection.commit()
        finally:
            await connection.close()
