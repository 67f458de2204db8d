"""SamaConso's transaction: a customer registers, signs in, looks consumption up, and is notified by priority."""

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any

from verify import clients
from verify.public import Answer, Public
from verify.report import Row
from verify.running import Target

SUBJECT = "notification"
SECONDS = 10
"""Within which a notification has been worked on."""
WORKERS = {
    "urgent": "celery_worker_1", "high_priority": "celery_worker_1",
    "normal": "celery_worker_2", "low_priority": "celery_worker_2",
}  # fmt: skip
"""The facts' queues, and who takes from each."""


def notifications(target: Target) -> Iterator[Row]:
    """The way through and its times; and nobody without the password."""
    public = Public.of(target)
    account = {"customer": f"customer-{secrets.token_hex(6)}", "password": secrets.token_urlsafe(16)}
    made = _post(public, "/api/accounts", account)
    yield Row("customer", "registers", made.status == 201, str(made.status))
    wrong = _post(public, "/api/login", {**account, "password": secrets.token_urlsafe(16)})
    yield Row("customer", "does not sign in with another password", wrong.status == 401, str(wrong.status))
    signed_in = _post(public, "/api/login", account)
    yield Row("customer", "signs in", signed_in.status == 200, str(signed_in.status))
    user = {"Authorization": f"Bearer {json.loads(signed_in.body)['token']}"}
    other = clients.token(target, clients.SAMACONSO, clients.BOB)
    yield from _consumption(public, user, other)
    yield from _notified(public, user, other)
    yield from _uploaded(public, user, other)
    nobody = public.ask("GET", clients.SAMACONSO.page)
    yield Row(SUBJECT, "is not shown without a token", nobody.status == 401, str(nobody.status))


def _consumption(public: Public, user: dict[str, str], other: dict[str, str]) -> Iterator[Row]:
    _post(public, "/api/consumption", {"month": "2026-10-01", "kwh": 214}, user)
    found = _got(public, "/api/consumption", user)
    yield Row("consumption", "is looked up", found == [{"month": "2026-10-01", "kwh": 214}], str(found)[:80])
    hidden = not any(row["kwh"] == 214 for row in _got(public, "/api/consumption", other))
    yield Row("consumption", "is hidden from another customer", hidden)


def _notified(public: Public, user: dict[str, str], other: dict[str, str]) -> Iterator[Row]:
    page, began = clients.SAMACONSO.page, time.monotonic()
    for priority in WORKERS:
        text = f"Coupure prévue à l'aube : {priority}"
        answer = _post(public, page, {"text": text, "priority": priority}, user)
        yield Row(SUBJECT, f"{priority} is queued", answer.status == 202, str(answer.status))
    found: list[dict[str, Any]] = []
    while len(found) < len(WORKERS) and time.monotonic() - began < SECONDS:
        time.sleep(0.2)
        found = _got(public, page, user)
    took, seen = time.monotonic() - began, {row["priority"]: row["worker"].rpartition("_g")[0] for row in found}
    yield Row(
        SUBJECT, f"of each priority is worked on by its worker within {SECONDS} s", seen == WORKERS, f"{took:.2f} s"
    )
    intact = {row["text"] for row in found} == {f"Coupure prévue à l'aube : {priority}" for priority in WORKERS}
    yield Row(SUBJECT, "is read back as it was written, once", intact and len(found) == len(WORKERS), f"{len(found)}")
    hidden = not any("Coupure" in row["text"] for row in _got(public, page, other))
    yield Row(SUBJECT, "is hidden from another customer", hidden)


def _uploaded(public: Public, user: dict[str, str], other: dict[str, str]) -> Iterator[Row]:
    page, content = "/api/files/facture.pdf", secrets.token_bytes(200_000)
    headers = {**user, "Content-Type": "application/octet-stream"}
    stored = public.ask("POST", page, headers=headers, body=content)
    yield Row("file", "of 200 kB is stored", stored.status == 201, str(stored.status))
    answer = public.ask("GET", page, headers=user)
    yield Row("file", "is read back whole", answer.body == content, f"{answer.status}, {len(answer.body)} bytes")
    foreign = public.ask("GET", page, headers=other)
    yield Row("file", "is hidden from another customer", foreign.status == 404, str(foreign.status))


def _post(public: Public, path: str, fields: Mapping[str, object], user: Mapping[str, str] | None = None) -> Answer:
    headers = {**(user or {}), "Content-Type": "application/json"}
    return public.ask("POST", path, headers=headers, body=json.dumps(fields).encode())


def _got(public: Public, path: str, user: dict[str, str]) -> list[dict[str, Any]]:
    answer = public.ask("GET", path, headers=user)
    return list(json.loads(answer.body)) if answer.status == 200 else []
