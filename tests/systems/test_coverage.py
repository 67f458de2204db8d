"""Every row of the documents has an answer, and what an answer points to is there."""

import ast
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from diagram.__main__ import ROOT
from systems.coverage import Answer, CoverageError, Row, Status
from systems.coverage.answers import Answers, written
from systems.coverage.page import answers, page
from systems.coverage.rows import FACTS, SYSTEMS, read
from tests.diagram.build import service, system

KINDS = ("services", "links", "secrets", "alerts", "targets")
SHOP = system(web := service("web", base := service("base")), base)
TESTS = {"services": "a.py::test_a", "links": "a.py::test_b", "alerts": "a.py::test_c"}


def shop(**rows: Any) -> Answers:
    return Answers({"tests": TESTS, **rows}, SHOP, ["BaseDown"])


@cache
def functions(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_the_document_is_current() -> None:
    assert (ROOT / "docs/coverage.md").read_text() == page()


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_test_that_an_answer_names_exists(name: str) -> None:
    named = {answer.test for _, answer in answers(name) if answer.test}
    assert named
    for test in named:
        path, _, function = test.partition("::")
        assert function.startswith("test_"), test
        assert function in functions(ROOT / path), test


@pytest.mark.parametrize("name", SYSTEMS)
def test_no_answer_is_written_for_a_row_that_there_is_not(name: str) -> None:
    wanted = {(row.kind, row.key) for row in read(name)}
    found = {(kind, key) for kind in KINDS for key in written(name).get(kind) or {}}
    assert found - wanted == set()


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_row_of_the_facts_is_a_row_here_once(name: str) -> None:
    facts = yaml.safe_load((FACTS / f"{name}.yaml").read_text())
    keys = [(row.kind, row.key) for row in read(name)]
    assert len(set(keys)) == len(keys)
    count = {kind: len([key for key in keys if key[0] == kind]) for kind in KINDS}
    assert count["services"] == len(facts["services"])
    assert count["links"] == len(facts["links"])
    assert count["targets"] == len(facts["acceptance"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_without_an_answer_fails_by_its_name(kind: str) -> None:
    with pytest.raises(CoverageError, match=f"{kind}: 'X1' has no answer"):
        shop().to(Row(kind, "X1", "something"))


def test_the_diagram_answers_for_its_services_and_links_in_either_direction() -> None:
    assert shop().to(Row("services", "web", "")) == Answer(Status.deployed, "", TESTS["services"])
    for ends in (("web", "base"), ("base", "web")):
        assert shop().to(Row("links", "L", "", ends)) == Answer(Status.deployed, "web-to-base", TESTS["links"])


def test_a_diagram_that_nobody_deployed_says_so() -> None:
    assert shop(diagram="planned here").to(Row("services", "web", "")).status is Status.planned


def test_a_link_is_answered_by_all_of_its_ends_or_not_at_all() -> None:
    with pytest.raises(CoverageError, match="links: 'L' has no answer"):
        shop().to(Row("links", "L", "", ("web, other", "base")))


def test_another_name_in_the_document_is_said_once() -> None:
    answer = shop(names={"nginx": "web"}).to(Row("services", "nginx", ""))
    assert answer == Answer(Status.deployed, "web", TESTS["services"])


def test_an_alert_of_a_rules_name_is_answered_by_the_rule() -> None:
    assert shop().to(Row("alerts", "A1", "", name="BaseDown")).test == TESTS["alerts"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("done", "'done' is no status; accepted: deployed here, planned here, later, not ours"),
        ("deployed here | words", "what is deployed or planned has a test, and nothing else"),
        ("later | words | =links", "what is deployed or planned has a test, and nothing else"),
        ("deployed here | words | =nowhere", "tests: has no 'nowhere'"),
    ],
)
def test_an_answer_that_is_none_is_refused(text: str, says: str) -> None:
    with pytest.raises(CoverageError, match=says):
        shop(targets={"T1": text}).to(Row("targets", "T1", ""))
