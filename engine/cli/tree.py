"""The plan as a tree: components and their children, what happens to each, and what that means for a service."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

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


def note(step: StepStarted) -> str:
    """What a change means for what runs, and what changed."""
    return "; ".join(part for part in (_meaning(step), _changed(step)) if part)


def _meaning(step: StepStarted) -> str:
    if not step.urn.split("::")[2].endswith(SERVICE):
        return ""
    first = (step.new.get("updateConfig") or {}).get("order") != "start-first"
    if step.op == "update" and "taskSpec" in step.diffs:
        return "restarts: interrupted" if first else "restarts: rolling, start-first"
    if step.op == "replace":
        return "replaced: interrupted" if first else "replaced: blue/green"
    return ""


def _changed(step: StepStarted) -> str:
    return f"[diff: ~{','.join(step.diffs)}]" if step.diffs and step.op in ("update", "replace", "refresh") else ""


def build(steps: Iterable[StepStarted]) -> Row:
    """The tree of the steps; a URN's own type chain says under which component types it stands."""
    root = Row(STACK_TYPE, "")
    rows: dict[str, Row] = {}
    steps = [step for step in steps if "pulumi:providers:" not in step.urn]
    for step in steps:
        chain, name = step.urn.split("::")[2:4]
        if chain == STACK_TYPE:
            root.name, root.op = name, step.op
            continue
        row = rows.setdefault(step.urn, Row(chain.rpartition("$")[2], name))
        if not row.changes or step.op == "replace":
            row.op, row.note = step.op, note(step)
    for urn, row in rows.items():
        _parent(urn, rows, root).children[urn] = row
    return root


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
