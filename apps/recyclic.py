"""Stands in for Recyclic: items are received and weighed. All behind /api/, for holders of a token."""

# mypy: allow-untyped-decorators

from typing import Any

from fastapi import Depends, HTTPException
from pydantic import BaseModel, Field

from apps.database import transaction
from apps.identity import user_by_token
from apps.links import Links, Postgres
from apps.service import serve, service

links = Links()
postgres = links.to("postgres", Postgres)
current_user = user_by_token(links.required_secret("api-secret-key"))
app = service(links)

RECEIVED = "INSERT INTO items (name) VALUES (%s) RETURNING id"
WEIGHED = "INSERT INTO weighings (item, grams) VALUES (%s, %s)"
LATEST = """
SELECT id, name AS text, coalesce(sum(grams), 0) AS grams, received_at FROM items LEFT JOIN weighings ON item = id
GROUP BY id ORDER BY id DESC LIMIT 50"""


class Item(BaseModel):
    """What somebody brings, in their own words."""

    text: str = Field(min_length=1, max_length=200)
    grams: int = Field(gt=0, le=1_000_000)


@app.get("/api/items")
async def items(_: str = Depends(current_user)) -> list[dict[str, Any]]:
    """The latest 50, the newest first."""
    async with transaction(postgres) as connection:
        found: list[dict[str, Any]] = await (await connection.execute(LATEST)).fetchall()
    return found


@app.post("/api/items", status_code=201)
async def receive(item: Item, _: str = Depends(current_user)) -> dict[str, int]:
    """Store an item and its weight, both or neither."""
    if "\0" in item.text:
        raise HTTPException(422, "a text has no NUL")
    async with transaction(postgres) as connection:
        row = await (await connection.execute(RECEIVED, (item.text,))).fetchone()
        await connection.execute(WEIGHED, (row["id"], item.grams))
    return {"id": row["id"]}


if __name__ == "__main__":
    serve(app)
