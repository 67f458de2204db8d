"""A backup's messages really arrive, by the egress and the forward, and hold no secret; without them backups go on."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.backup.outside import MAIL, TELEGRAM, Outside
from tests.backup.stage import Stage

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    outside = Outside(tmp_path_factory.mktemp("outside"))
    try:
        yield outside
    finally:
        outside.close()


@pytest.fixture(scope="module")
def stage(outside: Outside, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("stage"), network=outside.name)
    try:
        outside.start(stage)
        stage.must("CREATE TABLE things AS SELECT i AS id FROM generate_series(1, 1000) i")
        env, options = outside.given(stage)
        stage.start("sleep", "infinity", env=env, options=options)
        yield stage
    finally:
        stage.close()


def test_a_daily_backup_is_told_by_e_mail_and_telegram_without_a_secret(stage: Stage, outside: Outside) -> None:
    (name,) = stage.backed_up("daily")["files"]
    (chat,) = outside.arrived("telegram")
    assert chat["path"] == f"/bot{outside.token}/sendMessage"
    assert chat["message"]["chat_id"] == "-100"
    assert chat["message"]["text"].startswith(f"Backup done\n{name}: 1000 rows, ")
    (mail,) = outside.arrived("mail")
    assert mail["login"] == ["backup@recyclic.example", outside.word]
    assert mail["to"] == "rcpt TO:<team@recyclic.example>"
    assert "Subject: Backup done" in mail["message"]
    assert f"{name}: 1000 rows" in mail["message"]
    for text in (chat["message"]["text"], mail["message"]):
        assert not [secret for secret in (*stage.secrets, outside.token, outside.word) if secret in text]
    assert f"CONNECT {TELEGRAM}:443" in outside.logs("egress")
    assert outside.token not in outside.logs("egress") + outside.logs("mail")
    assert stage.status()["unsent_messages_total"] == 0


def test_the_first_of_several_failures_is_told_and_so_is_their_end(stage: Stage, outside: Outside) -> None:
    before = len(outside.arrived("telegram"))
    subprocess.run(["docker", "pause", f"{stage.name}-postgres"], check=True, capture_output=True)
    try:
        stage.refused("now")
        stage.refused("now")
    finally:
        subprocess.run(["docker", "unpause", f"{stage.name}-postgres"], check=True, capture_output=True)
    stage.backed_up()
    texts = [each["message"]["text"].partition("\n")[0] for each in outside.arrived("telegram", before + 2)]
    assert texts[before:] == ["Backup FAILED", "Backup done"]
    assert not [secret for secret in stage.secrets if secret in str(outside.arrived("mail", before + 2))]


def test_a_server_that_does_not_prove_its_name_is_told_nothing(stage: Stage, outside: Outside) -> None:
    """Both certificates are those of an authority that the world does not know."""
    before, unsent = len(outside.arrived("telegram")), stage.status()["unsent_messages_total"]
    stage.backed_up("daily", env={"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"})
    assert stage.status()["unsent_messages_total"] == unsent + 2
    assert len(outside.arrived("telegram")) == before


def test_without_both_servers_the_backup_is_kept_and_the_failure_is_seen(stage: Stage, outside: Outside) -> None:
    unsent = stage.status()["unsent_messages_total"]
    outside.break_off()
    (name,) = stage.backed_up("daily")["files"]
    assert name in stage.files()
    found = stage.status()
    assert (found["last_run_failed"], found["unsent_messages_total"]) == (0, unsent + 2)
    assert MAIL not in " ".join(found["health_issues"])
