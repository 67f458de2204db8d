"""Recyclic has the services, ports, links and schedules that its document asks for."""

import pytest
from pydantic import ValidationError

import systems
from diagram import Backup, Database, Retention, Schedule, System
from diagram.__main__ import ROOT, Named, sketch
from settings import SettingsError
from systems import recyclic

LINKS = """
edge: gateway
gateway: app
app: postgres
backup: postgres egress
prometheus: alertmanager app backup node-exporter postgres-exporter nginx-exporter
postgres-exporter: postgres
nginx-exporter: gateway
"""
VALUES = {"system": "recyclic", "environment": "development", "database": "recyclic", "certificate": "root"}


def drawn(**values: object) -> System:
    read = systems.read({**VALUES, **values}, ROOT / "images.lock.json")
    return systems.drawn(read.model_copy(update={"images": Named()}))


@pytest.fixture
def system() -> System:
    return sketch("recyclic")


def test_the_links_are_the_documents_and_no_others(system: System) -> None:
    lines = (line.split(": ") for line in LINKS.split("\n") if line)
    assert {link.name for link in system.links} == {
        f"{caller}-to-{callee}" for caller, callees in lines for callee in callees.split()
    }


def test_https_is_on_4433_and_4444_leads_to_it(system: System) -> None:
    (gateway,) = system.gateways
    edge = system.by_name["edge"].model_dump()
    assert (edge["https"], edge["http"], gateway.address) == (4433, 4444, "https://localhost:4433")


def test_backups_are_taken_and_kept_as_the_document_says(system: System) -> None:
    backup = system.by_name["backup"]
    assert isinstance(backup, Backup)
    kept = {it.name: (it.schedule.cron, it.schedule.zone, it.copies, it.days) for it in backup.keeps}
    assert kept == {
        "recent": ("*/30 * * * *", "UTC", 48, 2),
        "daily": ("0 2 * * *", "UTC", 7, 7),
        "weekly": ("0 2 * * 0", "UTC", 4, 28),
        "monthly": ("0 2 1 * *", "UTC", 12, 365),
    }


def test_the_backup_reads_everything_and_has_no_other_right(system: System) -> None:
    roles = {link.caller: link.roles for link in system.callers(system.by_name["postgres"])}
    assert roles == {"app": (), "backup": ("pg_read_all_data",), "postgres-exporter": ("pg_monitor",)}


def test_only_the_backup_has_the_key(system: System) -> None:
    assert [it.name for it in system.services if "backup-key" in {secret.name for secret in it.held()}] == ["backup"]


def test_the_bot_is_off_and_calls_the_application_where_it_is_on(system: System) -> None:
    assert "bot" not in system.by_name
    assert "bot-to-app" in {link.name for link in drawn(bot=True).links}


def test_a_bot_without_an_image_is_refused_by_name() -> None:
    read = systems.read({**VALUES, "bot": True, "images": {}}, ROOT / "no.lock.json")
    images = {name: f"registry.example/{name}@sha256:{'0' * 64}" for name in ("egress", "postgres", "app")}
    with pytest.raises(SettingsError, match=r"images\.bot: no such image"):
        recyclic.system(read.model_copy(update={"images": images}))  # type: ignore[arg-type]


def test_e_mail_goes_to_one_server_by_a_forward() -> None:
    system = drawn(mail={"host": "mail.example", "sender": "a@mail.example", "to": "b@mail.example"})
    assert {"backup-to-mail"} == {link.name for link in system.links if link.protocol == "tcp"}
    assert system.by_name["mail"].model_dump()["host_port"] == 465


@pytest.mark.parametrize("cron", ["", "02:00", "0 25 * * *", "* * * *", "* * * * * *", "@daily", "0 2 30 2 *x"])
def test_a_schedule_that_is_no_cron_expression_is_refused_with_an_example(cron: str) -> None:
    with pytest.raises(ValidationError, match=r"must be a cron expression of five fields, such as 0 2 \* \* \*"):
        Schedule(cron=cron)


@pytest.mark.parametrize("zone", ["", "Paris", "Europe/Nowhere", "../etc/passwd"])
def test_a_zone_that_is_none_is_refused_with_an_example(zone: str) -> None:
    with pytest.raises(SettingsError, match=r"settings\.time_zone\W.*must be a time zone, such as Europe/Paris"):
        drawn(time_zone=zone)


@pytest.mark.parametrize("changes", [{"copies": 0}, {"days": 0}, {"name": "Daily"}])
def test_a_retention_that_would_keep_nothing_is_refused(changes: dict[str, object]) -> None:
    fields = {"name": "daily", "schedule": Schedule(cron="0 2 * * *"), "copies": 7, "days": 7}
    assert Retention.model_validate(fields)
    with pytest.raises(ValidationError):
        Retention.model_validate({**fields, **changes})


def test_a_backup_that_keeps_nothing_is_refused() -> None:
    database = Database(name="postgres", image="postgres", database="recyclic")
    with pytest.raises(ValidationError, match=r"backup\.keeps: must name at least one class"):
        Backup(name="backup", image="backup", of=database, keeps=())
