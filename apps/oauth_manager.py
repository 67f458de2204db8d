"""Each user's integrations, activated one by one; their tokens are stored encrypted and never given back."""

# mypy: allow-untyped-decorators

import asyncio
import json
import logging
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import psycopg
from fastapi import Depends, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from apps.cache import Allowance
from apps.database import transaction
from apps.identity import user_by_token
from apps.links import Links, Postgres, Redis
from apps.service import serve, service
from apps.vault import Sealed, Vault, VaultError

links = Links()
postgres = links.to("postgres", Postgres)
vault = Vault.of(links.required_secret("oauth-encryption-key"))
token_user = user_by_token(links.required_secret("api-secret-key"))
allowance = Allowance(links.to("redis", Redis), "oauth:rate", per_minute=30)
app = service(links)
log = logging.getLogger(__name__)


class Provider(StrEnum):
    """Whom users can connect."""

    google = "google"
    microsoft = "microsoft"
    notion = "notion"
    youtube = "youtube"


CONFIGURED = {provider for provider in Provider if links.secret(f"{provider.value}-client-secret")}


class Tokens(BaseModel):
    """What a provider issued; without an expiry they last until they are revoked."""

    access_token: str = Field(min_length=1, max_length=4096)
    refresh_token: str | None = Field(None, max_length=4096)
    expires_in: int | None = Field(None, ge=1)


def current_user(user: str = Depends(token_user)) -> str:
    """The token's user, counted against the minute's allowance."""
    allowance.use(user)
    return user


def configured(provider: Provider) -> str:
    """The provider's name, or 503 when this stack has no client secret for it."""
    if provider not in CONFIGURED:
        raise HTTPException(503, f"{provider.value} is not configured")
    return provider.value


@app.get("/oauth/health")
async def health() -> JSONResponse:
    """Three parts, and all must hold: the database answers, every integration can work, users are isolated."""
    async with transaction(postgres) as connection:
        used = await (await connection.execute("SELECT provider FROM providers_in_use() AS provider")).fetchall()
    working = {row["provider"] for row in used} <= {provider.value for provider in CONFIGURED}
    parts = {"database": True, "integrations": working, "isolation": await is_isolated()}
    return JSONResponse(parts, status_code=200 if all(parts.values()) else 503)


@app.get("/oauth/")
async def integrations(user: str = Depends(current_user)) -> dict[str, Any]:
    """For each provider whether this stack has it, and the user's integration."""
    async with transaction(postgres, user) as connection:
        query = "SELECT provider, state, activated_at, expires_at FROM oauth_integrations"
        active = {row.pop("provider"): row for row in await (await connection.execute(query)).fetchall()}
    return {p.value: {"configured": p in CONFIGURED, "integration": active.get(p.value)} for p in Provider}


@app.post("/oauth/{provider}/tokens", status_code=201)
async def activate(
    tokens: Tokens, provider: str = Depends(configured), user: str = Depends(current_user)
) -> dict[str, str]:
    """Store the tokens, in place of earlier ones."""
    expires = datetime.now(UTC) + timedelta(seconds=tokens.expires_in) if tokens.expires_in else None
    content = json.dumps({"access": tokens.access_token, "refresh": tokens.refresh_token}).encode()
    async with transaction(postgres, user) as connection:
        await connection.execute(
            "INSERT INTO oauth_integrations (user_id, provider, state, expires_at) VALUES (%s, %s, 'active', %s)"
            " ON CONFLICT (user_id, provider) DO UPDATE SET state = 'active', expires_at = excluded.expires_at",
            (user, provider, expires),
        )
        await keep(connection, user, provider, vault.seal(content, user=user, provider=provider))
    return {"state": "active"}


@app.delete("/oauth/{provider}", status_code=204)
async def deactivate(provider: Provider, user: str = Depends(current_user)) -> None:
    """Forget the integration and its tokens."""
    async with transaction(postgres, user) as connection:
        await connection.execute("DELETE FROM oauth_integrations WHERE provider = %s", (provider.value,))


@app.on_event("startup")
async def rotate() -> None:
    """Re-encrypt in the background, as soon as the database answers."""

    async def until_done() -> None:
        while True:
            try:
                return await reencrypt()
            except (psycopg.OperationalError, TimeoutError):
                await asyncio.sleep(5)

    app.state.rotation = asyncio.create_task(until_done())


async def reencrypt() -> None:
    """Bring tokens that an earlier key encrypted under the current one; another replica may do the same."""
    async with transaction(postgres) as connection:
        query = "SELECT id FROM users_with_tokens_under_other_keys(%s) AS id"
        users = await (await connection.execute(query, (vault.current,))).fetchall()
    for user in (row["id"] for row in users):
        async with transaction(postgres, user) as connection:
            query = "SELECT provider, key_id, ciphertext FROM oauth_tokens WHERE key_id <> %s FOR UPDATE"
            for row in await (await connection.execute(query, (vault.current,))).fetchall():
                await reseal(connection, user, row["provider"], Sealed(row["key_id"], row["ciphertext"]))


async def reseal(connection: Any, user: str, provider: str, sealed: Sealed) -> None:
    """Bring one integration's tokens under the current key, if its key is still here."""
    try:
        content = vault.open(sealed, user=user, provider=provider)
    except VaultError:
        log.error("tokens do not open: their user has to connect again", extra={"fields": {"provider": provider}})
    else:
        await keep(connection, user, provider, vault.seal(content, user=user, provider=provider))


async def keep(connection: Any, user: str, provider: str, sealed: Sealed) -> None:
    """Write the sealed tokens of an integration."""
    await connection.execute(
        "INSERT INTO oauth_tokens (user_id, provider, key_id, ciphertext) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (user_id, provider) DO UPDATE SET key_id = excluded.key_id, ciphertext = excluded.ciphertext",
        (user, provider, sealed.key, sealed.data),
    )


async def is_isolated() -> bool:
    """Whether the database hides all tokens from a user who has none, and refuses a row in another's name."""
    async with transaction(postgres, "isolation-check") as connection:
        seen = await (await connection.execute("SELECT count(*) AS tokens FROM oauth_tokens")).fetchone()
    try:
        async with transaction(postgres, "isolation-check") as connection:
            await connection.execute(
                "INSERT INTO oauth_integrations (user_id, provider, state) VALUES ('another', 'google', 'active')"
            )
    except psycopg.errors.InsufficientPrivilege:
        return bool(seen["tokens"] == 0)
    return False


if __name__ == "__main__":
    serve(app)
