"""The forms of a report: each is what its readers take it for, whatever a program names its resources."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from junitparser import Error, Failure, JUnitXml, Skipped, TestSuite

from report import document, files, junit, markdown, sarif, table
from report.model import Finding, Report, Rule, Status, Took, Verdict, Waiver
from report.plan import Change

# The OASIS standard's own, with errata 01, unchanged: github.com/oasis-tcs/sarif-spec, sarif-2.1/schema.
SCHEMA = Draft4Validator(json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text()))
SERVICE = "docker:index/service:Service"
API = f"urn:pulumi:dev::shop::{SERVICE}::api"
RULES = (
    Rule("networks-are-internal", "pack", "Networks are internal", "Why.", "Set internal=True.", "critical",
         "isolation", "baseline", ("CIS 5.1",)),
    Rule("users-are-not-root", "pack", "Users are not root", "Why.", "Give a user.", "high", "hardening", "baseline"),
    Rule("logs-are-bounded", "pack", "Logs are bounded", "Why.", "Limit them.", "low", "observability", "production"),
)  # fmt: skip
UNTIL = Waiver("2030-01-01", "operators", "it is new")


def found(
    rule: str, status: Status, problem: str = "it is not", waiver: Waiver | None = None, urn: str = API
) -> Finding:
    return Finding(rule, "pack@v1", urn, status, problem, f"title\n{problem}", waiver)


FOUND = (
    found("networks-are-internal", Status.VIOLATION),
    found("networks-are-internal", Status.EXPIRED, waiver=UNTIL),
    found("users-are-not-root", Status.WAIVED, waiver=UNTIL),
    found("logs-are-bounded", Status.ADVICE),
    found("waivers", Status.UNUSED, "nothing breaks users-are-not-root at b*: remove its waiver", urn=""),
)
RESTART = Change("update", API, ("taskSpec",), new={"updateConfig": {"order": "stop-first"}})


def report(**given: Any) -> Report:
    return Report(**{"stack": "dev", "rules": RULES, "tool": ("rempart", "1.2"), "changes": [RESTART], **given})


text = st.text(st.characters(codec="utf-8"), max_size=40)
words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
urns = st.builds(lambda name: f"urn:pulumi:dev::shop::{SERVICE}::{name}", words) | st.just("")
findings = st.builds(
    Finding, st.sampled_from([rule.id for rule in RULES]) | words, words, urns, st.sampled_from(Status), words, words,
    st.builds(Waiver, st.just("2030-01-01"), words, words),
)  # fmt: skip
changes = st.builds(Change, st.sampled_from(["create", "update", "delete", "replace"]), urns.filter(bool),
                    st.just(("taskSpec",)))  # fmt: skip
reports = st.builds(
    report, findings=st.lists(findings, max_size=6), changes=st.lists(changes, max_size=4),
    errors=st.lists(text, max_size=2), failed=st.booleans(),
)  # fmt: skip


few = settings(max_examples=25, deadline=None)


@few
@given(reports)
def test_every_sarif_log_keeps_the_standards_schema(report: Report) -> None:
    SCHEMA.validate(json.loads(sarif.text(report)))


def test_a_sarif_result_has_what_code_scanning_asks_for() -> None:
    [run] = sarif.log(report(findings=FOUND, source="systems/shop.py"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        [location] = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "systems/shop.py"
        assert location["physicalLocation"]["region"]["startLine"] == 1
        assert result["message"]["text"]
    first = run["results"][0]
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == API
    assert run["automationDetails"]["id"] == "rempart/dev/"
    assert {rule["id"]: rule["properties"].get("security-severity") for rule in rules} == {
        "networks-are-internal": "9.5", "users-are-not-root": "8.0", "logs-are-bounded": "3.0", "waivers": None,
    }  # fmt: skip


def test_a_sarif_log_distinguishes_what_stops_what_is_waived_and_what_is_advice() -> None:
    [run] = sarif.log(report(findings=FOUND))["runs"]
    by_status = {result["properties"]["status"]: result for result in run["results"]}
    levels = {status: result["level"] for status, result in by_status.items()}
    assert levels == {
        "violation": "error", "expired waiver": "error", "advice": "warning", "waived": "note", "unused waiver": "note",
    }  # fmt: skip
    assert by_status["waived"]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "until 2030-01-01 by operators: it is new"}
    ]
    assert [name for name, result in by_status.items() if "suppressions" in result] == ["waived"]


def test_fingerprints_tell_places_apart_and_stay_when_the_report_grows() -> None:
    one, other = found("a", Status.VIOLATION), found("a", Status.VIOLATION, urn=f"{API}-two")

    def prints(*findings: Finding) -> dict[str, str]:
        [run] = sarif.log(report(findings=findings))["runs"]
        return {it["locations"][0]["logicalLocations"][0]["name"]: it["partialFingerprints"]["primaryLocationLineHash"]
                for it in run["results"]}  # fmt: skip

    both = prints(one, other)
    assert both["api"] != both["api-two"]
    assert both["api"] == prints(one)["api"]


@few
@given(reports)
def test_every_junit_file_is_read_and_its_counts_are_those_of_its_cases(report: Report) -> None:
    read = JUnitXml.fromstring(junit.text(report).encode())
    assert isinstance(read, JUnitXml)
    cases = [case for suite in read for case in suite]
    told = (read.tests, read.failures, read.errors, read.skipped)
    kinds = [{type(each) for each in case.result} for case in cases]
    assert told == (len(cases), *(sum(kind in each for each in kinds) for kind in (Failure, Error, Skipped)))
    assert (read.errors > 0) == report.failed
    assert (read.failures > 0) == bool(report.stopping)


def test_a_junit_case_is_a_rule_in_the_suite_of_its_family() -> None:
    read = JUnitXml.fromstring(junit.text(report(findings=FOUND)).encode())
    suites = {suite.name: suite for suite in read if isinstance(suite, TestSuite)}
    assert set(suites) == {"preview", "isolation", "hardening", "observability", "other"}
    [network] = suites["isolation"]
    assert (network.classname, network.name) == ("isolation", "networks-are-internal")
    [failure] = network.result
    assert isinstance(failure, Failure)
    assert "violation: api: it is not" in failure.text
    assert "Set internal=True." in failure.text
    [user] = suites["hardening"]
    assert isinstance(user.result[0], Skipped)
    [log] = suites["observability"]
    assert log.result == []
    assert "advice: api: it is not" in log.system_out


@few
@given(reports)
def test_no_name_breaks_out_of_its_place_in_the_markdown(report: Report) -> None:
    told = markdown.text(report)
    assert len(told) < markdown.LONGEST + 100
    before_the_plan = told.partition("<details>")[0]
    widths: list[int] = []
    for line in before_the_plan.splitlines():
        if line.startswith("|"):
            bars = line.replace("\\\\", "").replace("\\|", "").count("|")
            assert not widths or bars == widths[0], line
            widths.append(bars)
        else:
            widths.clear()
    assert before_the_plan.count("<!--") == 1
    assert told.count("```") in (0, 2)


@pytest.mark.parametrize("name", ["@everyone", "<img src=x>", "a|b", "`x`", "-->", "[x](y)", "#1"])
def test_what_means_something_to_github_is_only_shown(name: str) -> None:
    told = markdown.text(
        report(changes=(), findings=[found("users-are-not-root", Status.VIOLATION, f"see {name} here")])
    )
    assert f"see {name} here" not in told


def test_a_comment_that_would_be_too_long_is_cut_and_says_so() -> None:
    many = [found("users-are-not-root", Status.VIOLATION, f"{number} " + "x" * 3000) for number in range(40)]
    told = markdown.text(report(findings=many))
    assert len(told) < 65_536
    assert told.endswith("The rest is too long for a comment.\n")


def test_the_markdown_says_what_restarts_for_how_long_and_who_answers_for_what() -> None:
    took = {(API, "update"): Took(19.0, 3.2, date(2026, 3, 4))}
    told = markdown.text(report(findings=FOUND, took=took))
    assert "## `dev`: refused" in told
    assert "| `api` | **restarts: interrupted** | last time down for 3.2 s of 19 s (2026-03-04) |" in told
    assert "| `users-are-not-root` | `api` | 2030-01-01 | operators | it is new |" in told
    assert "**2030-01-01, expired**" in told
    assert "A waiver is unused" in told
    assert "**Rules**: 3 asked, profile production (hardening 1, isolation 1, observability 1)." in told
    assert "not measured yet" in markdown.text(report())


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({}, Verdict.PASSED),
        ({"findings": FOUND[2:]}, Verdict.PASSED),
        ({"findings": FOUND}, Verdict.VIOLATIONS),
        ({"findings": [found("a", Status.UNDECIDED)]}, Verdict.UNDECIDED),
        ({"findings": [found("a", Status.UNDECIDED), FOUND[1]]}, Verdict.VIOLATIONS),
        ({"findings": FOUND, "failed": True}, Verdict.FAILED),
    ],
)
def test_the_verdict_tells_what_the_exit_code_cannot(given: dict[str, Any], verdict: Verdict) -> None:
    assert document.document(report(**given))["verdict"] == verdict.value


def test_the_table_names_every_waiver() -> None:
    lines = list(table.lines(report(findings=FOUND)))
    assert "    in force  users-are-not-root at 1 resource, until 2030-01-01 by operators: it is new" in lines
    assert "    expired  networks-are-internal at 1 resource, until 2030-01-01 by operators: it is new" in lines
    assert "    unused    nothing breaks users-are-not-root at b*: remove its waiver" in lines


@few
@given(reports)
def test_every_form_is_written_at_once_and_says_the_same_each_time(report: Report) -> None:
    for form in files.FORMATS.values():
        assert form(report) == form(report)
    assert json.loads(files.FORMATS["json"](report))["stack"] == "dev"


@pytest.mark.parametrize("given", ["markdown", "markdown=", "pdf=x", "=x", "json=/no/such/folder/x"])
def test_a_report_that_cannot_be_written_is_refused_before_anything_runs(given: str) -> None:
    with pytest.raises(ValueError, match=f"^--report {given}: "):
        files.wanted([given])
