"""What a system's document asks for, a row each, read from its facts."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FACTS = Path(__file__).parent / "facts"
SYSTEMS = tuple(sorted(path.stem for path in FACTS.glob("*.yaml")))


class Row(NamedTuple):
    """`key` is unique among the rows of its `kind`; `says` is what the document says of it."""

    kind: str
    key: str
    says: str
    ends: tuple[str, str] = ("", "")
    """Of a link: who calls whom."""
    name: str = ""
    """Of an alert: the rule's name, where the document has one."""


def rows(facts: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of one system's facts, in their order."""
    for it in facts["services"]:
        yield Row("services", it.get("id", it["name"]), it.get("role") or it["name"])
    for it in facts["links"]:
        ends = (it["from"], it["to"])
        yield Row("links", it.get("id", " -> ".join(ends)), f"{it['from']} to {it['to']}: {it['protocol']}", ends)
    for it in facts["secrets"].get("list") or facts["secrets"]["catalogue"]:
        yield Row("secrets", it.get("id") or it["name"], ", ".join(it["used_by"]))
    observed = facts["observability"]
    for it in observed.get("alerts") or observed["alert_rules"]:
        limit = it.get("threshold", "")
        says = it["condition"] if limit in ("", "not stated") else f"{it['condition']} {limit}"
        yield Row("alerts", it["id"], says, name=it.get("name", ""))
    for it in facts["acceptance"]:
        yield Row("targets", it["id"], f"{it['statement']}: {it['figure']}")


@cache
def read(system: str) -> Sequence[Row]:
    """The rows of a system, by its name."""
    return tuple(rows(yaml.safe_load((FACTS / f"{system}.yaml").read_text())))
