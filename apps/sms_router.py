"""Receives SMS for the one number that all users share, knows each user by theirs, and asks the agent for the reply."""

# mypy: allow-untyped-decorators

import logging
import os
from decimal import Decimal

from fastapi import Depends, Form, HTTPException, Request, Response
from prometheus_client import Counter

from apps.calls import http_client
from apps.database import transaction
from apps.links import Http, Links, Postgres
from apps.service import serve, service
from apps.twilio import is_signed, twiml

links = Links()
postgres, agent = links.to("postgres", Postgres), links.to("agent", Http)
signing_keys = (links.secret("twilio-auth-token") or links.required_secret("webhook-signing-key")).split()
price = Decimal(os.environ.get("SMS_PRICE_USD", "0.0079"))
app = service(links)
log = logging.getLogger(__name__)

RECEIVED = Counter("sms_received_total", "SMS received.", ["identified"])
COST = Counter("sms_cost_usd_total", "Cost of the SMS received from users.")


async def signed(request: Request) -> None:
    """Or 403. Twilio signs the address it was given, so the gateway passes on the Host that the sender used."""
    public = os.environ.get("PUBLIC_URL") or f"https://{request.headers.get('host')}"
    form = [(name, str(value)) for name, value in (await request.form()).multi_items()]
    query = f"?{request.url.query}" if request.url.query else ""
    given = request.headers.get("x-twilio-signature", "")
    url = f"{public}{request.url.path}{query}"
    if not any(is_signed(given, key, url, form) for key in signing_keys):
        raise HTTPException(403, "the signature is wrong")


@app.post("/webhook/sms", dependencies=[Depends(signed)])
async def receive(
    sid: str = Form(alias="MessageSid", regex="^[A-Za-z0-9]{1,64}$"),
    sender: str = Form(alias="From", max_length=20),
    text: str = Form("", alias="Body", max_length=1600),
    segments: int = Form(1, alias="NumSegments", ge=1, le=20),
) -> Response:
    """Answer a signed SMS with the agent's reply, one from an unknown number with nothing."""
    user = await identify(sid, sender, segments)
    RECEIVED.labels(str(user is not None).lower()).inc()
    if user is None:
        log.info("SMS from an unknown number")
        return Response(twiml(None), media_type="application/xml")
    async with http_client(agent) as http:
        answer = await http.post("/agent/messages", json={"id": sid, "text": text}, headers={"X-User": user})
    answer.raise_for_status()
    return Response(twiml(answer.json()["reply"]), media_type="application/xml")


async def identify(sid: str, sender: str, segments: int) -> str | None:
    """The user whose number `sender` is. Logs the attempt, and the cost of a user's SMS, once for each `sid`."""
    cost = price * segments
    async with transaction(postgres) as connection:
        found = await (await connection.execute("SELECT identify_sender(%s, %s) AS id", (sid, sender))).fetchone()
        if (user := found["id"]) is None:
            return None
        await connection.execute("SELECT set_config('app.user_id', %s, true)", (user,))
        logged = await connection.execute(
            "INSERT INTO sms_usage_logs (sid, user_id, phone, segments, cost_usd) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (sid, user, sender, segments, cost),
        )
    COST.inc(float(cost) * logged.rowcount)
    return str(user)


if __name__ == "__main__":
    serve(app)
