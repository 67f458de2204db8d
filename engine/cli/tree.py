"""The plan as a tree: components and their children, what happens to each, and what that means for a service."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine import urn as urns
from engine.events import StepStarted
from engine.urn import STACK_TYPE

MARKS = {
    "create": "+ ", "update": "~ ", "delete": "- ", "read": "> ", "refresh": "~ ", "same": "  ",
    "replace": "+-", "create-replacement": "++", "delete-replaced": "--",
}  # fmt: skip
LEAVES = 60
"""A plan with more changed leaves than this counts them behind their component instead."""
SERVICE = "docker:index/service:Service"


@dataclass
class Row:
    """One resource of the tree."""

    type: str
    name: str
    op: str = "same"
    note: str = ""
    children: dict[str, "Row"] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether anything happens to it."""
        return self.op != "same"


def build(steps: Iterable[StepStarted]) -> Row:
    """The tree of the steps; a URN's own type chain says under which component types it stands."""
    root = Row(STACK_TYPE, "")
    rows: dict[str, Row] = {}
    deleted_first: set[str] = set()
    for step in steps:
        chain, name = urns.qualified_type(step.urn), urns.name_of(step.urn)
        if chain == STACK_TYPE:
            root.op = step.op
        if not root.name:
            root.name = "-".join(reversed(step.urn.removeprefix("urn:pulumi:").split("::", 2)[:2]))
        if chain == STACK_TYPE or urns.is_provider(urns.type_of(step.urn)):
            continue
        if step.op == "delete-replaced":
            deleted_first.add(step.urn)
        row = rows.setdefault(step.urn, Row(urns.type_of(step.urn), name))
        if (not row.changes or step.op == "replace") and step.op != "refresh":
            row.op, row.note = step.op, _note(step, step.urn in deleted_first)
    for urn, row in rows.items():
        _parent(urn, rows, root).children[urn] = row
    return root


def _note(step: StepStarted, deleted_first: bool) -> str:
    """What a change means for what runs, and what changed."""
    shown = step.diffs and step.op in ("update", "replace", "refresh")
    changed = f"[diff: ~{','.join(step.diffs)}]" if shown else ""
    return "; ".join(part for part in (_meaning(step, deleted_first), changed) if part)


def _meaning(step: StepStarted, deleted_first: bool) -> str:
    if urns.type_of(step.urn) != SERVICE:
        return ""
    if step.op == "replace":
        return "replaced: interrupted" if deleted_first else "replaced: blue/green"
    if step.op != "update" or not {"taskSpec", "endpointSpec"} & set(step.diffs):
        return ""
    if (step.new.get("updateConfig") or {}).get("order") == "start-first":
        return "restarts: rolling, start-first"
    replicas = ((step.new.get("mode") or {}).get("replicated") or {}).get("replicas")
    return "restarts: rolling, stop-first" if isinstance(replicas, int) and replicas > 1 else "restarts: interrupted"


def _parent(urn: str, rows: dict[str, Row], root: Row) -> Row:
    """The component whose type chain is this one's less its last, and whose name is the longest prefix of this name."""
    stack, project, chain, name = urn.split("::", 3)
    above = chain.rpartition("$")[0]
    if not above:
        return root
    words = name.split("-")
    for length in range(len(words), 0, -1):
        candidate = f"{stack}::{project}::{above}::{'-'.join(words[:length])}"
        if candidate in rows and candidate != urn:
            return rows[candidate]
    return next((row for key, row in rows.items() if key.split("::")[2] == above), root)


def lines(root: Row) -> Iterator[str]:
    """The rows that change, each with what stands above it."""
    hidden = sum(1 for row in _all(root) if row.changes and not row.children) > LEAVES
    yield f" {MARKS.get(root.op, '  ')} {root.type}  {root.name}"
    yield from _below(root, "", hide=hidden)


def _below(row: Row, indent: str, *, hide: bool) -> Iterator[str]:
    shown = [child for child in row.children.values() if _matters(child)]
    quiet = [child for child in shown if hide and not child.children and child.type != SERVICE and not child.note]
    shown = [child for child in shown if child not in quiet]
    for index, child in enumerate(shown):
        last = index == len(shown) - 1
        behind = sum(1 for each in child.children.values() if each.changes and hide and not each.children)
        words = [child.type.rpartition(":")[2], child.name, child.note, f"(and {behind} more)" if behind > 1 else ""]
        yield f" {MARKS.get(child.op, '  ')} {indent}{'└─' if last else '├─'} {'  '.join(filter(None, words))}"
        yield from _below(child, indent + ("   " if last else "│  "), hide=hide)


def _matters(row: Row) -> bool:
    return row.changes or any(_matters(child) for child in row.children.values())


def _all(row: Row) -> Iterator[Row]:
    for child in row.children.values():
        yield child
        yield from _all(child)
