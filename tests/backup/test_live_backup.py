"""The backup program against a real PostgreSQL: what it keeps can be restored, and what goes wrong is said."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backup.stage import KEPT, Stage, eventually

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

SCHEMA = """
CREATE EXTENSION pg_trgm;
CREATE TABLE items (id bigserial PRIMARY KEY, name text NOT NULL, price numeric(8, 2), at timestamptz DEFAULT now());
CREATE TABLE moves (item bigint REFERENCES items, amount float8, note bytea);
CREATE INDEX ON items USING gin (name gin_trgm_ops);
CREATE VIEW dear AS SELECT * FROM items WHERE price > 10;
CREATE SCHEMA "Odd ""one"; CREATE TABLE "Odd ""one"."t" (t text); INSERT INTO "Odd ""one"."t" VALUES ('x'), (NULL);
GRANT SELECT ON items TO app;
INSERT INTO items (name, price) SELECT 'Bicycle of ' || md5(i::text), i % 100 FROM generate_series(1, 20000) i;
INSERT INTO moves SELECT id, random(), decode(md5(id::text), 'hex') FROM items;
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("stage"))
    try:
        stage.must(SCHEMA)
        stage.start("sleep", "infinity")
        yield stage
    finally:
        stage.close()


def test_a_backup_is_sealed_restored_and_compared_before_it_counts(stage: Stage) -> None:
    said = stage.backed_up()
    assert said["rows"] == 40_002
    assert said["sealed"] < 0.5 * said["dumped"]
    assert said["files"] == stage.files()[:1]
    assert stage.status()["health_issues"] == ["missed: daily"]
    found = stage.python(
        f"import pathlib; data = pathlib.Path('/backups/{said['files'][0]}').read_bytes();"
        "print(data[:16], b'Bicycle' in data, b'items' in data)"
    )
    assert found == "b'rempart sealed 1' False False\n"


def test_the_role_that_backs_up_can_only_read(stage: Stage) -> None:
    script = (
        "import psycopg\nfrom backup.given import given\nit = given().database\n"
        "with psycopg.connect(it.conninfo, password=it.password) as c:\n"
        "    try: c.execute('{}')\n    except psycopg.Error as error: print(type(error).__name__)\n"
    )
    assert stage.python(script.format("DELETE FROM items")) == "InsufficientPrivilege\n"
    assert stage.python(script.format("CREATE TABLE mine (x int)")) == "InsufficientPrivilege\n"


def test_what_was_lost_is_restored_by_one_command(stage: Stage) -> None:
    name = stage.backed_up()["files"][0]
    before = stage.must("SELECT count(*), sum(price), max(at) FROM items")
    stage.must("DELETE FROM moves; DELETE FROM items WHERE id > 5; DROP VIEW dear; CREATE TABLE later (x int)")
    differences = stage.backup("compare", name).stdout.splitlines()
    assert "public.items: 20000 and 5 rows" in differences
    restored = stage.restore(name)
    assert restored.returncode == 0, restored.stderr
    assert stage.must("SELECT count(*), sum(price), max(at) FROM items") == before
    assert stage.must("SELECT count(*) FROM dear; SELECT has_table_privilege('app', 'items', 'SELECT')").endswith("t")
    stage.must("DROP TABLE later")
    assert stage.backup("compare", name).stdout == "no difference\n"


DAMAGES = {
    "data[len(data) // 2] ^= 1": "is damaged or cut short, at byte",
    "del data[len(data) // 2:]": "is damaged or cut short, at byte",
    "data[20] ^= 1": "was sealed with the key",
    "data[0] ^= 1": "is no sealed backup",
}


def test_a_damaged_file_changes_nothing(stage: Stage) -> None:
    name = stage.backed_up()["files"][0]
    before = stage.must("SELECT count(*), sum(price) FROM items")
    for number, (damage, words) in enumerate(DAMAGES.items()):
        damaged = f"postgres_recent_2020010{number + 1}_000000.dump.zst.enc"
        stage.python(
            f"from pathlib import Path; data = bytearray(Path('/backups/{name}').read_bytes()); {damage};"
            f"Path('/backups/{damaged}').write_bytes(data)"
        )
        assert words in stage.refused("open", damaged)
        assert words in stage.refused("prove", damaged)
        assert stage.restore(damaged).returncode != 0
        stage.python(f"from pathlib import Path; Path('/backups/{damaged}').unlink()")
    assert stage.must("SELECT count(*), sum(price) FROM items") == before


def test_another_key_is_refused_by_name(stage: Stage, tmp_path: Path) -> None:
    name = stage.backed_up()["files"][0]
    stage.python("import base64, pathlib; pathlib.Path('/tmp/other').write_bytes(base64.b64encode(bytes(32)))")
    assert "was sealed with the key" in stage.refused("open", f"/backups/{name}", "--key", "/tmp/other")
    assert "/tmp/nothing: cannot be read as a key" in stage.refused("open", f"/backups/{name}", "--key", "/tmp/nothing")


def test_another_machine_needs_the_file_and_the_key_alone(stage: Stage, tmp_path: Path) -> None:
    """A container without network, environment or volume opens the file; an empty PostgreSQL takes it."""
    name = stage.backed_up()["files"][0]
    for folder, file in (("backups", name), ("run/secrets", "key")):
        with (tmp_path / file).open("wb") as target:
            command = ["docker", "exec", f"{stage.name}-backup", "cat", f"/{folder}/{file}"]
            subprocess.run(command, stdout=target, check=True)
        (tmp_path / file).chmod(0o444)
    tmp_path.chmod(0o755)
    bare = ["--network=none", "--read-only", "--tmpfs=/tmp", "--entrypoint=python3", f"--volume={tmp_path}:/given:ro"]
    command = ["-m", "backup", "open", f"/given/{name}", "--key", "/given/key"]
    ran = subprocess.run(
        ["docker", "run", "--rm", *bare, stage.images["backup"], *command], capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(b"PGDMP")
    assert b"Bicycle of" in ran.stdout


def test_a_run_that_is_killed_half_way_leaves_nothing_that_counts(stage: Stage) -> None:
    before = stage.files()
    kill = "python3 -m backup now & while [ ! -s /backups/.work/sealed ]; do sleep 0.01; done; kill -9 $!"
    stage.inside("backup", "sh", "-c", kill)
    left = stage.python("import os; print(os.path.isdir('/backups/.work'))")
    assert left == "True\n"
    assert stage.files() == before
    assert stage.backed_up()["files"][0] in stage.files()
    assert stage.python("import os; print(os.path.isdir('/backups/.work'))") == "False\n"


def test_a_run_that_finds_another_under_way_has_not_failed(stage: Stage) -> None:
    stage.backed_up()
    before = stage.status()
    done = stage.inside("backup", "flock", "/backups/.lock", "python3", "-m", "backup", "now")
    assert (done.returncode, "backup: another run is under way" in done.stderr) == (1, True), done.stderr
    assert stage.status()["failed_runs_total"] == before["failed_runs_total"]
    assert stage.status()["last_run_failed"] == 0


def test_a_database_that_does_not_answer_is_a_failed_run_that_is_seen(stage: Stage) -> None:
    before, failures = stage.files(), stage.status()["failed_runs_total"]
    subprocess.run(["docker", "pause", f"{stage.name}-postgres"], check=True, capture_output=True)
    try:
        assert "the database: ConnectionTimeout" in stage.refused("now")
    finally:
        subprocess.run(["docker", "unpause", f"{stage.name}-postgres"], check=True, capture_output=True)
    found = stage.status()
    assert (found["health_status"], found["last_run_failed"]) == ("unhealthy", 1)
    assert found["failed_runs_total"] == failures + 1
    assert stage.files() == before
    stage.backed_up()
    assert stage.status()["last_run_failed"] == 0


def test_a_full_disk_is_a_clear_failure_and_nothing_is_lost(tmp_path: Path) -> None:
    stage = Stage(tmp_path, room="64m")
    try:
        stage.start("sleep", "infinity")
        stage.must("CREATE TABLE things AS SELECT i AS id FROM generate_series(1, 1000) i")
        (good,) = stage.backed_up()["files"]
        stage.python("open('/backups/ballast', 'wb').write(bytes(1 << 20) * 60)")
        said = stage.refused("now")
        assert said == "the disk of the backups is full: nothing was kept of this run, and nothing lost"
        assert stage.files() == [good]
        assert stage.status()["last_run_failed"] == 1
        stage.python("import os; os.unlink('/backups/ballast')")
        assert stage.backup("prove", good).returncode == 0
        stage.backed_up()
    finally:
        stage.close()


def test_the_service_takes_what_is_due_and_a_broken_channel_does_not_fail_it(tmp_path: Path) -> None:
    """The channel is configured, and nothing listens where it should. What is due is taken once in the year."""
    stage = Stage(tmp_path)
    channel = {
        "BACKUP_KEPT": json.dumps([kept | {"cron": "0 0 1 1 *"} for kept in KEPT]),
        "EGRESS_PROXY": "http://127.0.0.1:3128", "TELEGRAM_CHAT": "1", "TELEGRAM_TOKEN_FILE": "/run/secrets/password",
    }  # fmt: skip
    try:
        stage.must("CREATE TABLE things AS SELECT i AS id FROM generate_series(1, 1000) i")
        stage.start("python3", "-m", "backup", "serve", env=channel)
        files = eventually(stage.files)
        assert sorted(name.split("_")[1] for name in files) == ["backup", "recent"]
        found = eventually(lambda: (it := stage.status())["unsent_messages_total"] and it)
        assert (found["health_status"], found["last_run_failed"], found["unsent_messages_total"]) == ("healthy", 0, 1)
        ask = "from urllib.request import urlopen as u; print(u('http://127.0.0.1:18020{}').read().decode())"
        assert "backup_health_status 1\n" in stage.python(ask.format("/metrics"))
        assert json.loads(stage.python(ask.format("/status")))["total_backups"] == 2
        assert '"ready": true' in stage.python(ask.format("/database"))
        time.sleep(6)
        assert stage.files() == files
    finally:
        stage.close()
