"""Check-in's backend in small: participants are checked in to sessions, and kept in Redis. All behind /api/v1/.

MongoDB is not spoken here: a stack that has it names its own backend.
"""

# mypy: allow-untyped-decorators

import json
import time
from typing import Any

import redis
from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import Counter, Gauge
from pydantic import BaseModel, Field

from apps.cache import client
from apps.identity import user_by_token
from apps.links import Links, Redis
from apps.ready import check
from apps.service import serve, service

HEALTH = "/api/v1/health"
EVERY, PARTICIPANTS, SESSIONS = "checkin:every", "checkin:participants", "checkin:sessions"
SHOWN = 50
ACTIVE_SECONDS = 3600
"""A session is active while somebody was checked in within the last hour."""

# Without the session as a label, which the documents give it: series would grow with the sessions.
CHECKINS = Counter("checkins_total", "Participants checked in.")
REGISTERED = Counter("participants_registered_total", "Participants seen for the first time.")
ACTIVE = Gauge("active_sessions_count", "Sessions with a check-in within the last hour.")

links = Links()
store = client(links.to("redis", Redis))
current_user = user_by_token(links.required_secret("api-secret-key"))
app = service(links)


class Checkin(BaseModel):
    """Somebody arrives."""

    text: str = Field(min_length=1, max_length=200)
    """The participant, in their own words."""
    session: str = Field(pattern=r"^[a-z0-9-]{1,40}$")


def user_or_frontend(request: Request) -> str:
    """The frontend, known by its certificate, or the holder of a token."""
    caller = str(request.headers.get("x-rempart-caller"))
    return caller if caller == "frontend" else current_user(request)


@app.get("/api/v1/checkins")
def checkins(_: str = Depends(current_user)) -> list[dict[str, Any]]:
    """The latest 50, the newest first."""
    found = store.zrevrange(EVERY, 0, SHOWN - 1, withscores=True)
    return [json.loads(line) | {"at": round(at, 3)} for line, at in found]


@app.post("/api/v1/checkins", status_code=201)
def check_in(checkin: Checkin, response: Response, _: str = Depends(current_user)) -> dict[str, bool]:
    """Check a participant in: once for each session, however often it is asked."""
    now, line = time.time(), json.dumps({"text": checkin.text, "session": checkin.session})
    with store.pipeline() as pipe:
        pipe.zadd(EVERY, {line: now}, nx=True).sadd(PARTICIPANTS, checkin.text).zadd(SESSIONS, {checkin.session: now})
        is_new, is_first, _unused = pipe.execute()
    CHECKINS.inc(is_new)
    REGISTERED.inc(is_first)
    response.status_code = 201 if is_new else 200
    return {"new": bool(is_new)}


@app.get("/api/v1/sessions")
def sessions(_: str = Depends(user_or_frontend)) -> dict[str, int]:
    """How many sessions are active."""
    return {"active": active()}


@app.get(HEALTH)
@app.get(f"{HEALTH}/liveness")
async def alive() -> dict[str, bool]:
    """The process answers."""
    return {"alive": True}


@app.get(f"{HEALTH}/readiness")
async def ready() -> JSONResponse:
    """Every callee answers."""
    callees = await check(links)
    well = all(callee["ok"] for callee in callees.values())
    return JSONResponse({"ready": well, "callees": callees}, status_code=200 if well else 503)


def active() -> int:
    """The active sessions now. Raises redis.RedisError."""
    found: int = store.zcount(SESSIONS, time.time() - ACTIVE_SECONDS, "+inf")
    return found


def shown() -> float:
    """The active sessions for the metric, or not a number while Redis does not answer."""
    try:
        return active()
    except redis.RedisError:
        return float("nan")


ACTIVE.set_function(shown)

if __name__ == "__main__":
    serve(app)
