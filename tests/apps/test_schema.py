"""The schema on a real PostgreSQL: who may do what, and whose rows they see."""

from collections.abc import Iterator

import pytest

from tests.apps.stage import Stage

pytestmark = pytest.mark.live

TABLES = {
    "users", "user_phone_numbers", "messages", "reminders", "sms_usage_logs", "user_identification_logs",
    "oauth_integrations", "oauth_tokens",
}  # fmt: skip
RIGHTS = {
    "api": {
        "SELECT users", "DELETE users", "SELECT user_phone_numbers", "SELECT messages", "SELECT reminders",
        "SELECT sms_usage_logs", "SELECT oauth_integrations",
    },
    "agent": {"SELECT messages"},
    "sms_router": {"INSERT sms_usage_logs", "EXECUTE identify_sender"},
    "worker": {
        "INSERT messages", "SELECT reminders", "INSERT reminders", "UPDATE reminders.delivered_at",
        "SELECT oauth_integrations.state", "SELECT oauth_integrations.expires_at", "UPDATE oauth_integrations.state",
        "EXECUTE users_with_due_reminders", "EXECUTE users_with_expiring_tokens",
    },
    "oauth_manager": {
        *(f"{right} {table}" for right in ("SELECT", "INSERT", "UPDATE", "DELETE")
          for table in ("oauth_integrations", "oauth_tokens")),
        "EXECUTE users_with_tokens_under_other_keys", "EXECUTE providers_in_use",
    },
}  # fmt: skip
GIVEN = """
    SELECT privilege_type || ' ' || relname FROM pg_class, aclexplode(relacl)
      WHERE relnamespace = 'public'::regnamespace AND grantee IN (0, '{role}'::regrole)
    UNION SELECT privilege_type || ' ' || relname || '.' || attname
      FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid, aclexplode(attacl)
      WHERE relnamespace = 'public'::regnamespace AND grantee IN (0, '{role}'::regrole)
    UNION SELECT 'EXECUTE ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      AND has_function_privilege('{role}', oid, 'EXECUTE')"""
SEED = """
    INSERT INTO messages (user_id, id, direction, body) VALUES ('alice', 's1', 'in', 'a'), ('bob', 's1', 'in', 'b')
      ON CONFLICT DO NOTHING;
    INSERT INTO reminders (user_id, id, due_at, body)
      VALUES ('alice', 's1', now() + '1 day', 'a'), ('bob', 's1', now() + '1 day', 'b') ON CONFLICT DO NOTHING;
    INSERT INTO sms_usage_logs (sid, user_id, phone, segments, cost_usd)
      VALUES ('s1', 'alice', '1', 1, 1), ('s2', 'bob', '1', 1, 1) ON CONFLICT DO NOTHING;
    INSERT INTO oauth_integrations (user_id, provider, state)
      VALUES ('alice', 'google', 'active'), ('bob', 'google', 'active') ON CONFLICT DO NOTHING;
    INSERT INTO oauth_tokens (user_id, provider, key_id, ciphertext)
      VALUES ('alice', 'google', 'k', 'c'), ('bob', 'google', 'k', 'c') ON CONFLICT DO NOTHING;"""
SEEN = [
    ("api", "users", "id"),
    ("api", "user_phone_numbers", "user_id"),
    ("api", "messages", "user_id"),
    ("api", "reminders", "user_id"),
    ("api", "sms_usage_logs", "user_id"),
    ("api", "oauth_integrations", "user_id"),
    ("agent", "messages", "user_id"),
    ("worker", "reminders", "user_id"),
    ("oauth_manager", "oauth_integrations", "user_id"),
    ("oauth_manager", "oauth_tokens", "user_id"),
]


@pytest.fixture(scope="module")
def seeded(database: Stage) -> Iterator[Stage]:
    """The database with a row of alice's and one of bob's in every table."""
    database.rows(SEED)
    yield database
    database.rows("DELETE FROM users; DELETE FROM user_identification_logs")
    database.apply("demo.sql")


def test_applying_the_schema_again_changes_nothing(database: Stage) -> None:
    dump = ["pg_dump", "-h", "/tmp", "-U", "rempart", "--schema-only", "assistant"]
    before = database.inside("postgres", dump).stdout
    database.apply("schema.sql")
    assert "CREATE POLICY" in before
    assert _stable(database.inside("postgres", dump).stdout) == _stable(before)


@pytest.mark.parametrize("role", RIGHTS)
def test_a_role_has_exactly_the_rights_that_it_needs(database: Stage, role: str) -> None:
    assert set(database.rows(GIVEN.format(role=role))) == RIGHTS[role]


def test_a_right_that_the_schema_does_not_give_is_taken_away(database: Stage) -> None:
    database.rows("GRANT UPDATE ON users TO agent; GRANT EXECUTE ON FUNCTION providers_in_use() TO api")
    database.apply("schema.sql")
    for role in ("agent", "api"):
        assert set(database.rows(GIVEN.format(role=role))) == RIGHTS[role]


def test_every_table_forces_row_level_security(database: Stage) -> None:
    forced = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    assert set(database.rows(forced)) == TABLES
    assert set(database.rows(f"{forced} AND relrowsecurity AND relforcerowsecurity")) == TABLES


@pytest.mark.parametrize(("role", "table", "owner"), SEEN)
def test_a_role_sees_the_rows_of_one_user_at_a_time(seeded: Stage, role: str, table: str, owner: str) -> None:
    query = f"SELECT DISTINCT {owner} FROM {table} ORDER BY 1"
    assert {"alice", "bob"} <= set(seeded.rows(query))
    for user in ("alice", "bob"):
        answer = seeded.psql(f"BEGIN; SET LOCAL app.user_id = '{user}'; {query}; COMMIT; {query}", role=f"{role}_g1")
        assert answer.stdout.split() == [user], "and none after the transaction"
    assert seeded.psql(query, role=f"{role}_g1").stdout == ""


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("worker", "INSERT INTO messages (user_id, id, direction, body) VALUES ('bob', 'x', 'in', 'x')"),
        ("worker", "INSERT INTO reminders (user_id, id, due_at, body) VALUES ('bob', 'x', now(), 'x')"),
        (
            "sms_router",
            "INSERT INTO sms_usage_logs (sid, user_id, phone, segments, cost_usd) VALUES ('x','bob','1',1,1)",
        ),
        ("oauth_manager", "UPDATE oauth_integrations SET user_id = 'bob'"),
        (
            "oauth_manager",
            "INSERT INTO oauth_integrations (user_id, provider, state) VALUES ('bob', 'notion', 'active')",
        ),
    ],
)
def test_a_role_writes_no_row_in_another_users_name(seeded: Stage, role: str, statement: str) -> None:
    refused = seeded.psql(f"SET app.user_id = 'alice'; {statement}", role=f"{role}_g1")
    assert "row-level security" in refused.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE own (id int)",
        "CREATE TEMPORARY TABLE own (id int)",
        "ALTER TABLE messages DISABLE ROW LEVEL SECURITY",
        "SET ROLE rempart",
        "SELECT rolpassword FROM pg_authid",
        "SELECT phone_ending FROM user_identification_logs",
        "COPY messages TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "CREATE EXTENSION dblink",
    ],
)
def test_no_role_can_reach_beyond_its_rights(database: Stage, statement: str) -> None:
    for role in RIGHTS:
        refused = database.psql(statement, role=f"{role}_g1")
        assert refused.returncode != 0
        assert "permission denied" in refused.stderr or "must be" in refused.stderr


def test_a_caller_never_waits_long_and_maintenance_may(database: Stage) -> None:
    limits = "SHOW statement_timeout; SHOW lock_timeout; SHOW idle_in_transaction_session_timeout"
    assert database.psql(limits, role="api_g1").stdout.split() == ["2s", "1s", "10s"]
    assert database.rows("SHOW statement_timeout") == ["0"]


def test_a_number_counts_once_it_is_verified(database: Stage) -> None:
    database.rows(
        "INSERT INTO user_phone_numbers (phone, user_id) VALUES ('+12025550111', 'bob') ON CONFLICT DO NOTHING"
    )
    ask = "SELECT coalesce(identify_sender('{}', '{}'), 'nobody')"
    asked = [("v1", "+12025550101"), ("v2", "+12025550111"), ("v3", "+12025550199"), ("v3", "+12025550199")]
    answers = [database.psql(ask.format(*each), role="sms_router_g1").stdout.strip() for each in asked]
    assert answers == ["alice", "nobody", "nobody", "nobody"]
    logged = (
        "SELECT sid, coalesce(user_id, '-'), phone_ending, identified FROM user_identification_logs WHERE sid ~ '^v'"
    )
    assert database.rows(f"{logged} ORDER BY 1") == ["v1|alice|0101|t", "v2|-|0111|f", "v3|-|0199|f"]


def _stable(dump: str) -> list[str]:
    """A dump without the random words that pg_dump guards itself with."""
    return [line for line in dump.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
