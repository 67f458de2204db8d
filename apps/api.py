"""The users' API: their messages, usage and integrations, and what the GDPR grants them. All behind /api/."""

# mypy: allow-untyped-decorators

import uuid
from typing import Any

from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from apps.cache import Allowance
from apps.calls import http_client
from apps.database import transaction
from apps.identity import user_by_token
from apps.links import Http, Links, Postgres, Redis
from apps.service import serve, service

links = Links()
postgres, agent, oauth = links.to("postgres", Postgres), links.to("agent", Http), links.to("oauth-manager", Http)
token_user = user_by_token(links.required_secret("api-secret-key"))
allowance = Allowance(links.to("redis", Redis), "api:rate", per_minute=120)
app = service(links)

EXPORTED = {
    "numbers": "SELECT phone, verified_at FROM user_phone_numbers ORDER BY phone",
    "messages": "SELECT id, direction, body, created_at FROM messages ORDER BY created_at, id",
    "reminders": "SELECT body, due_at, delivered_at FROM reminders ORDER BY due_at",
    "usage": "SELECT phone, segments, cost_usd, received_at FROM sms_usage_logs ORDER BY received_at",
    "integrations": "SELECT provider, state, activated_at, expires_at FROM oauth_integrations ORDER BY provider",
}


class Written(BaseModel):
    """A message that a user writes without a telephone."""

    text: str = Field(min_length=1, max_length=1600)


def current_user(user: str = Depends(token_user)) -> str:
    """The token's user, counted against the minute's allowance."""
    allowance.use(user)
    return user


async def rows(user: str, query: str) -> list[dict[str, Any]]:
    """What `query` finds among the rows of `user`: the database leaves out everybody else's."""
    async with transaction(postgres, user) as connection:
        found: list[dict[str, Any]] = await (await connection.execute(query)).fetchall()
    return found


@app.get("/api/messages")
async def messages(user: str = Depends(current_user)) -> list[dict[str, Any]]:
    return await rows(user, EXPORTED["messages"])


@app.post("/api/messages")
async def write(written: Written, request: Request, user: str = Depends(current_user)) -> JSONResponse:
    """Hand a message to the agent, as an SMS would be."""
    message = {"id": f"api-{user}-{uuid.uuid4()}", "text": written.text}
    async with http_client(agent) as http:
        answer = await http.post("/agent/messages", json=message, headers=_same_token(request))
    return JSONResponse(answer.json(), answer.status_code)


@app.get("/api/usage")
async def usage(user: str = Depends(current_user)) -> list[dict[str, Any]]:
    """SMS and their cost for each of the user's numbers."""
    return await rows(
        user, "SELECT phone, count(*) AS messages, sum(cost_usd) AS cost_usd FROM sms_usage_logs GROUP BY phone"
    )


@app.get("/api/integrations")
async def integrations(request: Request, _: str = Depends(current_user)) -> JSONResponse:
    async with http_client(oauth) as http:
        answer = await http.get("/oauth/", headers=_same_token(request))
    return JSONResponse(answer.json(), answer.status_code)


@app.get("/api/export")
async def export(user: str = Depends(current_user)) -> dict[str, Any]:
    """Everything that is stored about the user."""
    async with transaction(postgres, user) as connection:
        return {name: await (await connection.execute(query)).fetchall() for name, query in EXPORTED.items()}


@app.delete("/api/me", status_code=204)
async def forget(user: str = Depends(current_user)) -> None:
    """Delete the user and everything that is stored about them."""
    async with transaction(postgres, user) as connection:
        await connection.execute("DELETE FROM users WHERE id = %s", (user,))


def _same_token(request: Request) -> dict[str, str]:
    return {"Authorization": request.headers["authorization"]}


if __name__ == "__main__":
    serve(app)
