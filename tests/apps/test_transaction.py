"""The application on real PostgreSQL, Redis and TLS: one SMS across every link, and what happens when a link breaks."""

import base64
import json
import secrets
import subprocess
import time
from urllib.parse import urlencode

import pytest

from apps.token import mint
from apps.twilio import signature
from tests.apps.furnishing import PORTS
from tests.apps.stage import Answer, Stage, eventually

pytestmark = pytest.mark.live

ALICE, ALICE_TOO, BOB, STRANGER = (f"+120255501{ending}" for ending in ("01", "02", "03", "99"))
WITHIN = 3.0


@pytest.fixture(scope="module")
def stage(database: Stage) -> Stage:
    """Every role, ready."""
    database.start_redis()
    for role in PORTS:
        database.start(role)
    eventually(lambda: all(is_ready(database, role) for role in PORTS), 180)
    return database


@pytest.fixture(params=["stop", "pause"])
def way(request: pytest.FixtureRequest) -> str:
    """How a callee leaves: it ends, or it hangs with its connections open."""
    word: str = request.param
    return word


def test_an_sms_is_answered_stored_and_read_back_by_its_user_alone(stage: Stage) -> None:
    answer = sms(stage, ALICE, "water & <plants> ünï", sid := new_sid())
    assert answer.status == 200
    assert "<Message>Noted: water &amp; &lt;plants&gt; ünï" in answer.body
    eventually(lambda: sid in messages(stage, "alice"))
    assert messages(stage, "alice")[sid] == "water & <plants> ünï"
    assert messages(stage, "alice")[f"{sid}/reply"].startswith("Noted: water")
    assert sid not in messages(stage, "bob")


def test_every_number_of_a_user_is_that_user_and_is_charged_apart(stage: Stage) -> None:
    before = usage(stage, "alice")
    for sender in (ALICE, ALICE_TOO, ALICE_TOO):
        assert sms(stage, sender, "hello", new_sid()).status == 200
    after = usage(stage, "alice")
    assert {number: after[number] - before.get(number, 0) for number in after} == {ALICE: 1, ALICE_TOO: 2}
    assert set(usage(stage, "bob")) <= {BOB}


def test_an_sms_that_is_sent_again_is_stored_and_charged_once(stage: Stage) -> None:
    sid, before = new_sid(), usage(stage, "bob").get(BOB, 0)
    for _ in range(2):
        assert sms(stage, BOB, "once", sid).status == 200
    sms(stage, BOB, "last", last := new_sid())
    eventually(lambda: last in messages(stage, "bob"))
    assert list(messages(stage, "bob").values()).count("once") == 1
    assert usage(stage, "bob")[BOB] == before + 2


def test_a_wrong_signature_is_refused_before_anything_is_looked_up(stage: Stage) -> None:
    for given in ("", "wrong", signature(b"k" * 64, ADDRESS, form(ALICE, "x", "SMwrong").items())):
        assert sms(stage, ALICE, "x", "SMwrong", signed=given).status == 403
    assert stage.rows("SELECT count(*) FROM user_identification_logs WHERE sid = 'SMwrong'") == ["0"]


def test_a_signature_by_the_former_key_counts_while_its_generation_is_accepted(stage: Stage) -> None:
    sid = new_sid()
    signed = signature(stage.furnishing.former_signing_key.encode(), ADDRESS, form(ALICE, "hello", sid).items())
    assert sms(stage, ALICE, "hello", sid, signed=signed).status == 200


def test_a_stranger_gets_no_answer_and_is_logged_without_their_number(stage: Stage) -> None:
    answer = sms(stage, STRANGER, "hello", sid := new_sid())
    assert (answer.status, answer.body.count("<Message>")) == (200, 0)
    logged = stage.rows(f"SELECT user_id, phone_ending, identified FROM user_identification_logs WHERE sid = '{sid}'")
    assert logged == ["|0199|f"]


def test_a_reminder_comes_when_it_is_due(stage: Stage) -> None:
    answer = sms(stage, BOB, "Remind me in 1 second to stretch", sid := new_sid())
    assert "I will remind you: stretch" in answer.body
    eventually(lambda: f"{sid}/reminder" in messages(stage, "bob"))
    time.sleep(16)  # the next turn must not deliver it again
    assert [text for name, text in messages(stage, "bob").items() if name.startswith(sid)][2:] == ["stretch"]


def test_a_user_without_a_telephone_writes_to_the_agent(stage: Stage) -> None:
    written = stage.ask("api", "POST", "/api/messages", headers=token(stage, "bob"), body='{"text": "from the API"}')
    assert (written.status, written.json) == (202, {"reply": "Noted: from the API (the language model is off)"})
    eventually(lambda: "from the API" in messages(stage, "bob").values())


@pytest.mark.parametrize(
    ("service", "method", "path"),
    [("api", "GET", "/api/messages"), ("agent", "POST", "/agent/messages"), ("oauth-manager", "GET", "/oauth/")],
)
def test_nobody_is_a_user_without_their_token(stage: Stage, service: str, method: str, path: str) -> None:
    forged = mint("alice", b"k" * 64, time.time() + 60)
    expired = mint("alice", stage.furnishing.secrets["api-secret-key"].encode(), time.time() - 1)
    body = json.dumps({"id": "x", "text": "x"})
    for headers in (
        {},
        {"Authorization": f"Bearer {forged}"},
        {"Authorization": f"Bearer {expired}"},
        {"X-User": "alice", "X-Rempart-Caller": "sms-router"},
    ):
        headers["Content-Type"] = "application/json"
        assert stage.ask(service, method, path, headers=headers, body=body).status == 401


def test_a_demonstration_token_is_printed_inside_the_api(stage: Stage) -> None:
    printed = stage.inside("api", ["python3", "-m", "apps.token", "bob"]).stdout.strip()
    assert stage.ask("api", "GET", "/api/messages", headers={"Authorization": f"Bearer {printed}"}).status == 200


def test_an_allowance_ends_and_begins_again(stage: Stage) -> None:
    stage.redis("SET", "api:rate:alice", "120", "EX", "60")
    assert stage.ask("api", "GET", "/api/messages", headers=token(stage, "alice")).status == 429
    assert stage.ask("api", "GET", "/api/messages", headers=token(stage, "bob")).status == 200
    stage.redis("DEL", "api:rate:alice")
    assert stage.ask("api", "GET", "/api/messages", headers=token(stage, "alice")).status == 200
    assert 0 < int(stage.redis("TTL", "api:rate:alice")) <= 60


def test_oauth_tokens_are_stored_encrypted_and_given_to_nobody(stage: Stage) -> None:
    activated = activate(stage, "alice", "google", "opensesame")
    assert (activated.status, activated.json) == (201, {"state": "active"})
    assert activate(stage, "alice", "notion", "opensesame").status == 503
    assert stage.ask("oauth-manager", "GET", "/oauth/health").json == {
        "database": True, "integrations": True, "isolation": True,
    }  # fmt: skip
    shown = stage.ask("api", "GET", "/api/integrations", headers=token(stage, "alice"))
    assert shown.json["google"]["integration"]["state"] == "active"
    assert "opensesame" not in shown.body
    assert (
        stage.ask("oauth-manager", "GET", "/oauth/", headers=token(stage, "bob")).json["google"]["integration"] is None
    )
    dumped = stage.inside("postgres", ["pg_dump", "-h", "/tmp", "-U", "rempart", "assistant"]).stdout
    assert "ciphertext" in dumped
    assert not any(form in dumped for form in ("opensesame", b"opensesame".hex()))


def test_a_new_encryption_key_takes_over_every_token_that_opens(stage: Stage) -> None:
    for user in ("alice", "bob"):
        activate(stage, user, "google", "opensesame")
    stage.rows(
        "INSERT INTO oauth_integrations (user_id, provider, state) VALUES ('alice', 'youtube', 'active');"
        "INSERT INTO oauth_tokens (user_id, provider, key_id, ciphertext) VALUES ('alice', 'youtube', 'lost', 'x')"
    )
    (before,) = stage.rows(keys := "SELECT DISTINCT key_id FROM oauth_tokens WHERE provider = 'google'")
    new = base64.b64encode(secrets.token_bytes(32)).decode()
    old = stage.furnishing.secrets["oauth-encryption-key"]
    stage.replace_secret("oauth-manager", "oauth-encryption-key", f"{new}\n{old}")
    eventually(lambda: before not in stage.rows(keys))
    assert len(stage.rows(keys)) == 1
    stage.replace_secret("oauth-manager", "oauth-encryption-key", new)
    eventually(lambda: stage.logs("oauth-manager").count("tokens do not open") == 2)
    stage.rows("DELETE FROM oauth_integrations WHERE provider = 'youtube'")


def test_a_worker_that_is_killed_loses_nothing(stage: Stage) -> None:
    sid = new_sid()
    held = subprocess.Popen(
        ["docker", "exec", f"{stage.name}-postgres", "psql", "-h", "/tmp", "-U", "rempart", "-d", "assistant", "-c",
         "BEGIN; LOCK TABLE messages IN SHARE MODE; SELECT pg_sleep(4)"],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    eventually(lambda: stage.rows("SELECT count(*) FROM pg_locks WHERE mode = 'ShareLock'") != ["0"])
    assert sms(stage, ALICE, "survive", sid).status == 200
    eventually(lambda: stage.redis("HLEN", "queue:unacked") != "0", 3)
    stage.control("kill", "worker")
    held.wait()
    assert stage.redis("HLEN", "queue:unacked") != "0", "the message waits for another worker"
    stage.control("start", "worker")
    eventually(lambda: sid in messages(stage, "alice"), 31 + 10 + 30)
    eventually(lambda: stage.redis("HLEN", "queue:unacked") == "0")


@pytest.mark.parametrize(
    ("callee", "callers"),
    [
        ("agent", ("sms-router", "api")),
        ("redis", ("api", "agent", "oauth-manager", "worker")),
        ("postgres", ("api", "agent", "oauth-manager", "sms-router", "worker")),
    ],
)
def test_a_callee_that_leaves_makes_its_callers_say_so_in_time(
    stage: Stage, callee: str, callers: tuple[str, ...], way: str
) -> None:
    sid = new_sid()
    stage.control(way, callee)
    try:
        answers = [sms(stage, ALICE, "lost", new_sid())]
        answers += [stage.ask("api", "POST", "/api/messages", headers=token(stage, "bob"), body='{"text": "lost"}')]
        unready = {caller: stage.ask(caller, "GET", "/ready") for caller in callers if caller != callee}
    finally:
        stage.control({"stop": "start", "pause": "unpause"}[way], callee)
    assert [answer.status for answer in answers] == [503, 503]
    assert all("error" in answer.json and answer.seconds < WITHIN for answer in answers)
    for answer in unready.values():
        assert (answer.status, answer.json["ready"], answer.json["callees"][callee]["ok"]) == (503, False, False)
        assert answer.seconds < WITHIN
    eventually(lambda: all(is_ready(stage, role) for role in PORTS))
    eventually(lambda: sms(stage, ALICE, "found", sid).status == 200)
    eventually(lambda: sid in messages(stage, "alice"))


def test_metrics_speak_of_routes_and_callees(stage: Stage) -> None:
    assert is_ready(stage, "api")
    metrics = stage.ask("api", "GET", "/metrics").body
    assert 'http_requests_total{method="GET",path="/api/messages",status="200"}' in metrics
    assert 'http_request_duration_seconds_bucket{le="0.5",method="GET",path="/api/messages"}' in metrics
    assert 'rempart_callee_reachable{callee="postgres"} 1.0' in metrics
    assert "sms_received_total" in stage.ask("sms-router", "GET", "/metrics").body
    assert 'worker_tasks_total{task="store"}' in stage.ask("worker", "GET", "/metrics").body


def test_no_log_holds_a_secret_a_number_or_what_a_user_wrote(stage: Stage) -> None:
    marked = f"private{secrets.token_hex(4)}"
    sms(stage, ALICE, marked, new_sid())
    sms(stage, ALICE, marked, new_sid(), signed="wrong")
    # A user whom the database does not know: its error message names them.
    ghost = {"text": "boo"}
    assert stage.ask("api", "POST", "/api/messages", headers=token(stage, marked), body=json.dumps(ghost)).status == 202
    eventually(lambda: "task failed" in stage.logs("worker"))
    known = {marked, ALICE, BOB, STRANGER, "opensesame", *stage.furnishing.secrets.values()}
    known |= set(stage.furnishing.passwords.values())
    for role in PORTS:
        written = stage.logs(role)
        assert all(json.loads(line)["message"] for line in written.splitlines() if line.startswith("{"))
        assert not [word for word in known if word in written]


def test_a_user_takes_everything_along_and_is_forgotten(stage: Stage) -> None:
    sms(stage, BOB, "remind me in 1 day to leave", sid := new_sid())
    eventually(lambda: sid in messages(stage, "bob"))
    export = stage.ask("api", "GET", "/api/export", headers=token(stage, "bob")).json
    assert {number["phone"] for number in export["numbers"]} >= {BOB}
    assert export["messages"]
    assert export["reminders"]
    assert stage.ask("api", "DELETE", "/api/me", headers=token(stage, "bob")).status == 204
    for table in ("user_phone_numbers", "messages", "reminders", "sms_usage_logs", "oauth_integrations"):
        assert stage.rows(f"SELECT count(*) FROM {table} WHERE user_id = 'bob'") == ["0"]
    assert stage.rows("SELECT count(*) > 0 FROM messages WHERE user_id = 'alice'") == ["t"]
    stage.apply("demo.sql")


HOST = "assistant.test:8443"
ADDRESS = f"https://{HOST}/webhook/sms"


def sms(stage: Stage, sender: str, text: str, sid: str, *, signed: str | None = None) -> Answer:
    """An SMS as Twilio posts it."""
    fields = form(sender, text, sid)
    given = signed if signed is not None else signature(
        stage.furnishing.secrets["webhook-signing-key"].encode(), ADDRESS, fields.items()
    )  # fmt: skip
    headers = {"Host": HOST, "X-Twilio-Signature": given, "Content-Type": "application/x-www-form-urlencoded"}
    return stage.ask("sms-router", "POST", "/webhook/sms", headers=headers, body=urlencode(fields))


def form(sender: str, text: str, sid: str) -> dict[str, str]:
    """The fields of a webhook, an empty one among them."""
    return {"MessageSid": sid, "From": sender, "To": "+12025550190", "Body": text, "NumSegments": "1", "FromCity": ""}


def new_sid() -> str:
    """The name of an SMS that was never sent."""
    return f"SM{secrets.token_hex(16)}"


def token(stage: Stage, user: str) -> dict[str, str]:
    """The headers of a user's request."""
    keys = stage.furnishing.secrets["api-secret-key"].encode()
    return {"Authorization": f"Bearer {mint(user, keys, time.time() + 60)}", "Content-Type": "application/json"}


def messages(stage: Stage, user: str) -> dict[str, str]:
    """A user's messages by name, oldest first."""
    found = stage.ask("api", "GET", "/api/messages", headers=token(stage, user))
    assert found.status == 200, found.body
    return {message["id"]: message["body"] for message in found.json}


def usage(stage: Stage, user: str) -> dict[str, int]:
    """How many SMS of each of a user's numbers were charged."""
    found = stage.ask("api", "GET", "/api/usage", headers=token(stage, user)).json
    return {row["phone"]: row["messages"] for row in found}


def activate(stage: Stage, user: str, provider: str, secret: str) -> Answer:
    """Store OAuth tokens of a user."""
    body = json.dumps({"access_token": secret, "refresh_token": f"{secret}-again", "expires_in": 3600})
    return stage.ask("oauth-manager", "POST", f"/oauth/{provider}/tokens", headers=token(stage, user), body=body)


def is_ready(stage: Stage, role: str) -> bool:
    """Whether a role and every callee of its answer."""
    try:
        return stage.ask(role, "GET", "/ready").status == 200
    except subprocess.CalledProcessError:
        return False
