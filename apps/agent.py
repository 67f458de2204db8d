"""Takes a user's message, plans the reply with the user's own history, and hands the rest to the workers."""

# mypy: allow-untyped-decorators

from datetime import UTC, datetime

from anyio import to_thread  # type: ignore[import-not-found]
from fastapi import Depends, HTTPException
from pydantic import BaseModel, Field

from apps.cache import Allowance
from apps.database import transaction
from apps.identity import user_by_token_or_router
from apps.links import Links, Postgres, Redis
from apps.planner import Gemini, reply
from apps.queue import STORE, put, queue
from apps.reminder import reminder
from apps.service import serve, service

HISTORY = "SELECT direction, body FROM messages ORDER BY created_at DESC, id DESC LIMIT 10"

links = Links()
postgres, redis = links.to("postgres", Postgres), links.to("redis", Redis)
gemini = Gemini.of(links)
current_user = user_by_token_or_router(links.required_secret("api-secret-key"))
allowance = Allowance(redis, "agent:rate", per_minute=30)
celery = queue(redis)
app = service(links)


class Message(BaseModel):
    """A message; its id is the same when its sender repeats it."""

    id: str = Field(min_length=1, max_length=100)
    text: str = Field(max_length=1600)


@app.post("/agent/messages", status_code=202)
async def accept(message: Message, user: str = Depends(current_user)) -> dict[str, str]:
    """The reply. The message is safe in the queue when this answers, and stored once however often it is sent."""
    if "\0" in message.text:
        raise HTTPException(422, "a text has no NUL")
    await to_thread.run_sync(allowance.use, user, cancellable=True)
    task = {"id": message.id, "user": user, "text": message.text}
    if due := reminder(message.text, datetime.now(UTC)):
        task |= {"remind_at": due[0].isoformat(), "remind_of": due[1]}
        task["reply"] = f"I will remind you: {due[1]}"
    else:
        async with transaction(postgres, user) as connection:
            history = await (await connection.execute(HISTORY)).fetchall()
        task["reply"] = await reply(message.text, history[::-1], gemini)
    await to_thread.run_sync(put, celery, STORE, task, cancellable=True)
    return {"reply": task["reply"]}


if __name__ == "__main__":
    serve(app)
