"""What the documents quote is so, and what they link to is there."""

import ast
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from diagram import vocabulary
from diagram.__main__ import Named
from policies.rules import document
from tests.docs.blocks import ROOT, blocks

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", document.read_text()):
        path, _, anchor = target.partition("#")
        linked = (document.parent / path) if path else document
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_of_the_project_that_is_named_is_there(document: Path) -> None:
    named = re.findall(r"`((?:[a-z]+/)+[\w.]*|[a-z]+\.py)`", document.read_text())
    later = {"images/notes/Dockerfile"}
    missing = [name for name in named if name not in later and not (ROOT / name).exists()]
    assert missing == []


def test_the_vocabulary_is_current() -> None:
    assert (ROOT / "docs/vocabulary.md").read_text() == vocabulary.page()


def test_the_list_of_policies_is_current() -> None:
    assert (ROOT / "docs/policies.md").read_text() == document.page()


def test_the_example_of_a_system_is_one() -> None:
    (source,) = blocks("docs/writing-a-system.md", "python")
    scope: dict[str, Any] = {}
    exec(compile(source, "shop", "exec"), scope)
    settings = scope["Settings"](system="shop", environment="development", database="shop", certificate="root")
    shop = scope["system"](settings.model_copy(update={"images": Named()}))
    assert {link.name for link in shop.links} == {
        "edge-to-gateway", "gateway-to-orders", "orders-to-orders-db", "orders-to-sessions", "orders-to-catalog",
        "orders-to-egress",
    }  # fmt: skip


def test_the_example_of_a_rule_is_one_of_the_pack() -> None:
    (source,) = blocks("docs/writing-a-rule.md", "python")
    quoted = ast.dump(ast.parse(source).body[0])
    modules = (ast.parse(path.read_text()).body for path in (ROOT / "policies/rules").glob("*.py"))
    assert quoted in {ast.dump(statement) for statement in chain.from_iterable(modules)}


def test_every_note_of_the_facts_has_its_line() -> None:
    text = (ROOT / "docs/systems/assistant.md").read_text()
    lines = re.findall(r"^\| ([CSR]\d\d) \|", text, re.MULTILINE)
    assert lines == [
        f"{kind}{number:02}" for kind, last in (("C", 41), ("S", 28), ("R", 11)) for number in range(1, last + 1)
    ]
