"""A go-live checklist says what was checked, and nothing more."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from diagram import Jobs as Schedules
from diagram.__main__ import sketch
from scripts.golive import LISTS, Jobs, Verified, answers, main
from scripts.jobs import JobsError
from verify.__main__ import CHECKS

LIST = {
    "before": {
        "it runs": "verify convergence api", "links": "verify matrix", "files": "verify leaks",
        "queue": "job health queue urgent", "sizes": "people",
    }
}  # fmt: skip
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def row(subject: str, *, ok: bool | None = True) -> dict[str, Any]:
    return {"subject": subject, "claim": "is well", "ok": ok, "seen": ""}


def verified(path: Path, deployed: datetime | None = LONG_AGO, **checks: list[dict[str, Any]]) -> Verified:
    rows = [{"check": name, "not_asked": None, "rows": rows} for name, rows in checks.items()]
    path.write_text(json.dumps({"checks": rows}))
    return Verified.read(path, deployed)


def verdicts(verified: Verified, found: Sequence[Mapping[str, Any]] = ()) -> dict[str, str]:
    return {it.row: it.verdict for it in answers(LIST, verified, Jobs(lambda _: found))}


def test_a_row_holds_when_all_that_it_asks_for_was_tried_and_holds(tmp_path: Path) -> None:
    seen = verified(
        tmp_path / "verify.json", convergence=[row("api"), row("worker", ok=False)], matrix=[row("api/1 -> redis")]
    )
    assert verdicts(seen, [row("queue urgent")]) == {
        "it runs": "holds", "links": "holds", "files": "not checked", "queue": "holds", "sizes": "people",
    }  # fmt: skip


def test_what_fails_fails_and_what_was_not_tried_or_not_found_is_not_checked(tmp_path: Path) -> None:
    seen = verified(tmp_path / "verify.json", convergence=[row("worker")], matrix=[row("api/1", ok=None)], leaks=[])
    assert verdicts(seen, [row("queue urgent", ok=False)]) == {
        "it runs": "not checked", "links": "not checked", "files": "not checked", "queue": "FAILS", "sizes": "people",
    }  # fmt: skip


def test_what_was_verified_before_the_last_deployment_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "verify.json"
    verified(path, convergence=[row("api")])
    os.utime(path, (0, 0))
    assert verdicts(Verified.read(path, LONG_AGO))["it runs"] == "not checked"
    assert verdicts(Verified.read(path, None))["it runs"] == "not checked"
    assert verdicts(Verified.read(tmp_path / "absent.json", LONG_AGO))["it runs"] == "not checked"


def test_a_job_that_cannot_run_is_not_checked_and_each_runs_once() -> None:
    asked: list[str] = []

    def ask(job: str) -> Sequence[Mapping[str, Any]]:
        asked.append(job)
        raise JobsError("the stack is not up")

    assert Jobs(ask).of("health", "") == ("not checked", "the stack is not up")

    def answer(job: str) -> Sequence[Mapping[str, Any]]:
        asked.append(job)
        return [row("redis"), row("by hand", ok=None)]

    jobs = Jobs(answer)
    assert [jobs.of("daily", "redis"), jobs.of("daily", "")] == [("holds", "1 of 1 hold")] * 2
    assert asked == ["health", "daily"]


@pytest.mark.parametrize("path", sorted(LISTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_checklist_asks_only_for_checks_jobs_and_services_that_exist(path: Path) -> None:
    system = sketch(path.stem)
    jobs = {job.name for it in system.services if isinstance(it, Schedules) for job in it.jobs}
    for rows in yaml.safe_load(path.read_text()).values():
        for by in rows.values():
            kind, *asked = by.split()
            assert kind in ("people", "verify", "job")
            if kind == "verify":
                assert asked[0] in CHECKS
                assert set(asked[1:]) <= system.by_name.keys()
            if kind == "job":
                assert asked[0] in jobs


@pytest.mark.parametrize(("stack", "says"), [("nowhere", "there is no stack nowhere"), ("checkin", "has no checklist")])
def test_a_stack_without_a_checklist_is_one_error(stack: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([stack]) == 2
    assert says in capsys.readouterr().err
