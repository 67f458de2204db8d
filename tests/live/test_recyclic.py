"""Recyclic on a real engine, and its backups by the commands that people and workflows use."""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from tests.live.checkout import ROOT, Checkout
from tests.live.elsewhere import elsewhere
from tests.live.engine import docker, left_over, task

pytestmark = [pytest.mark.live, pytest.mark.timeout(1200)]

CHECKS = ("convergence", "matrix", "credentials", "libraries", "gateway", "transaction", "backups")
ROWS = 400_000
FILL = f"""
INSERT INTO items (name) SELECT 'Bicycle of ' || md5(i::text) FROM generate_series(1, {ROWS}) i;
INSERT INTO weighings (item, grams) SELECT id, 1 + id % 9000 FROM items WHERE id % 4 = 0;
"""
HELD = "SELECT count(*), sum(hashtext(name)), sum(id) FROM items"
DAMAGES: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut short": (lambda data: data[: len(data) // 2], "is damaged or cut short, at byte"),
    "with a flipped bit": (lambda data: data[:-99] + bytes([data[-99] ^ 1]) + data[-98:], "is damaged or cut short"),
    "of something else": (lambda _: b"#!/bin/sh\n" * 9, "is no sealed backup"),
}


@pytest.fixture(scope="module")
def recyclic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """The stack as its file has it; nothing of it stays."""
    checkout = Checkout.at(tmp_path_factory.mktemp("recyclic"))
    try:
        checkout.must("up", "--yes", "--stack", "recyclic")
        yield checkout
    finally:
        checkout.must("destroy", "--yes", "--stack", "recyclic")
    assert left_over("recyclic-") == []


@pytest.fixture(scope="module")
def filled(recyclic: Checkout) -> Checkout:
    """With rows enough for a backup to take a while."""
    asked(FILL)
    asked("VACUUM ANALYZE")
    return recyclic


@pytest.fixture(scope="module")
def taken(filled: Checkout, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A backup and the key, as they were brought out of the platform."""
    folder = tmp_path_factory.mktemp("taken")
    must(filled, "now")
    must(filled, "take", str(folder / "backups"))
    key = folder / "backups" / "backup-key"
    (file,) = set((folder / "backups").iterdir()) - {key}
    assert (file.stat().st_mode & 0o777, key.stat().st_mode & 0o777) == (0o600, 0o600)
    return file, key


def backup(checkout: Checkout, *words: str) -> subprocess.CompletedProcess[str]:
    """The command that people use."""
    command = [".venv/bin/python", "-m", "scripts.backup", "recyclic", *words]
    return subprocess.run(command, cwd=checkout.path, capture_output=True, text=True, timeout=600, check=False)


def must(checkout: Checkout, *words: str) -> str:
    """What it says, having done what was asked."""
    done = backup(checkout, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def refused(checkout: Checkout, *words: str) -> str:
    """What it says, having refused."""
    done = backup(checkout, *words)
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def files(checkout: Checkout) -> list[str]:
    return [line.split("\t")[0] for line in must(checkout, "list").splitlines()]


def asked(script: str) -> str:
    """SQL as the administrator, by the database's own socket."""
    command = ["psql", "-h", "/run/keeper", "-U", "rempart", "-d", "recyclic", "-v", "ON_ERROR_STOP=1", "-qAtc", script]
    return docker("exec", task("recyclic", "postgres"), *command).strip()


def validation() -> list[str]:
    """What the deploy workflow runs before and after a deployment, as it stands there."""
    jobs = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text())["jobs"]
    assert jobs["deploy"]["needs"] == "backups"
    steps = [step["run"] for job in ("backups", "deploy") for step in jobs[job]["steps"] if "run" in step]
    return [run for run in steps if "scripts.validate" in run]


def test_it_is_deployed_and_every_proof_holds(recyclic: Checkout) -> None:
    assert set(recyclic.preview("recyclic")["changeSummary"]) == {"same"}
    recyclic.prove("recyclic", *CHECKS)


def test_what_the_workflow_runs_around_a_deployment_takes_and_proves_a_backup(filled: Checkout, tmp_path: Path) -> None:
    before = len(files(filled))
    for run in validation():
        summary = tmp_path / "summary"
        environment = {**filled.environment, "STACK": "recyclic", "GITHUB_STEP_SUMMARY": str(summary)}
        bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", run]
        done = subprocess.run(bash, cwd=filled.path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"restored and compared in \d+", summary.read_text())
    assert len(files(filled)) >= before + 2


def test_a_deployment_is_held_back_when_no_backup_can_be_taken(filled: Checkout) -> None:
    (run, _) = validation()
    database = task("recyclic", "postgres")
    docker("pause", database)
    try:
        bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", run]
        environment = {**filled.environment, "STACK": "recyclic", "GITHUB_STEP_SUMMARY": "/dev/null"}
        done = subprocess.run(bash, cwd=filled.path, env=environment, capture_output=True, text=True, check=False)
    finally:
        docker("unpause", database)
    assert done.returncode == 1
    assert "the database: " in done.stderr
    assert "Traceback" not in done.stderr


def test_rows_that_were_lost_are_found_and_put_back(filled: Checkout) -> None:
    must(filled, "now")
    before, rows = asked(HELD), int(asked("SELECT count(*) FROM items"))
    asked("SET session_replication_role = replica; DELETE FROM items WHERE id <= 1000")
    assert f"public.items: {rows} and {rows - 1000} rows" in must(filled, "compare").splitlines()
    assert re.search(r"restored in \d", must(filled, "restore", "--table", "items"))
    assert asked(HELD) == before
    assert must(filled, "compare") == "no difference\n"


def test_a_table_that_the_backup_does_not_hold_loses_nothing(filled: Checkout) -> None:
    asked("CREATE TABLE receipts AS SELECT 1 AS number")
    assert "the backup holds no table receipts; nothing was restored" in refused(
        filled, "restore", "--table", "receipts"
    )
    assert "accepted are plain names" in refused(filled, "restore", "--table", "items; DROP TABLE items")
    assert asked("SELECT count(*) FROM receipts") == "1"
    asked("DROP TABLE receipts")


def test_a_database_that_is_wrong_as_a_whole_is_put_back_from_the_backup_that_is_named(filled: Checkout) -> None:
    must(filled, "now")
    name, before = files(filled)[0], asked(HELD)
    asked("DROP TABLE weighings; UPDATE items SET name = 'nothing'")
    assert re.search(r"restored in \d", must(filled, "restore", name))
    assert asked(HELD) == before
    assert must(filled, "compare", name) == "no difference\n"
    assert "there is no such backup" in refused(filled, "restore", "postgres_recent_20200101_000000.dump.zst.enc")


def test_a_service_that_is_killed_half_way_takes_the_next_one_and_counts_no_half(filled: Checkout) -> None:
    before = files(filled)
    container = task("recyclic", "backup")
    running = subprocess.Popen(["docker", "exec", container, "python3", "-m", "backup", "now"], stderr=subprocess.PIPE)
    docker("exec", container, "sh", "-c", "while [ ! -s /backups/.work/sealed ]; do sleep 0.05; done")
    docker("kill", "--signal", "KILL", container)
    assert running.wait(60) != 0
    end = time.monotonic() + 120
    while backup(filled, "list").returncode != 0:
        assert time.monotonic() < end
        time.sleep(1)
    assert set(before) <= set(files(filled))
    must(filled, "prove", before[0])
    taken = json.loads(must(filled, "now"))
    assert taken["files"][0] in files(filled)


def test_without_the_key_or_with_damage_nothing_is_changed(
    filled: Checkout, taken: tuple[Path, Path], tmp_path: Path
) -> None:
    file, key = taken
    before = asked(HELD)
    other = tmp_path / "other"
    other.write_bytes(key.read_bytes()[::-1])
    wrong = refused(filled, "restore", "--from", str(file), "--key", str(other))
    assert re.search(r"sealed with the key|must hold keys of 32 bytes", wrong)
    assert key.read_text().strip() not in wrong
    for what, (damage, words) in DAMAGES.items():
        damaged = tmp_path / what.replace(" ", "-")
        damaged.write_bytes(damage(file.read_bytes()))
        said = refused(filled, "restore", "--from", str(damaged), "--key", str(key))
        assert words in said
        assert "nothing was restored" in said
    assert "each needs the other" in refused(filled, "restore", "--from", str(file))
    assert "there is no such file" in refused(filled, "restore", "--from", "/nowhere", "--key", str(key))
    assert asked(HELD) == before


def test_what_was_taken_is_put_back_into_the_stack(filled: Checkout, taken: tuple[Path, Path]) -> None:
    file, key = taken
    asked("TRUNCATE items, weighings")
    assert re.search(r"restored in \d", must(filled, "restore", "--from", str(file), "--key", str(key)))
    assert int(asked("SELECT count(*) FROM items")) >= ROWS


def test_another_machine_needs_the_repository_the_key_and_the_file_alone(
    filled: Checkout, taken: tuple[Path, Path], tmp_path: Path
) -> None:
    """A fresh clone, an empty PostgreSQL, and no platform."""
    file, key = taken
    must(filled, "restore", "--from", str(file), "--key", str(key))
    with elsewhere(tmp_path) as machine:
        looked = json.loads(machine.restore(file, key).stdout)
        assert (looked["database"], looked["tables"], looked["restored"]) == ("recyclic", 2, False)
        other = tmp_path / "other"
        other.write_bytes(b"A" * 43 + b"=")
        wrong = machine.restore(file, other, "--into", machine.address)
        assert (wrong.returncode, "was sealed with the key" in wrong.stderr) == (1, True), wrong.stderr
        assert machine.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"
        done = machine.restore(file, key, "--into", machine.address)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["rows"] == looked["rows"] > ROWS
        assert machine.ask(HELD) == asked(HELD)
        again = machine.restore(file, key, "--into", machine.address)
        assert (again.returncode, "the database is not empty" in again.stderr) == (1, True), again.stderr
