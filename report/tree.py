"""The plan as a tree: components and their children, what happens to each, and what that means for a service."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from report import urn as urns
from report.consequence import SERVICE, consequence_of
from report.plan import Change, effective

MARKS = {
    "create": "+ ", "update": "~ ", "delete": "- ", "read": "> ", "refresh": "~ ", "same": "  ",
    "replace": "+-", "create-replacement": "++", "delete-replaced": "--", "discard": "< ",
}  # fmt: skip
LEAVES = 60
"""A plan with more changed leaves than this counts them behind their component instead."""


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


def build(changes: Iterable[Change]) -> Row:
    """The tree of the steps; a URN's own type chain says under which component types it stands."""
    steps = list(changes)
    root = Row(urns.STACK, "")
    rows: dict[str, Row] = {}
    notes = {each.urn: _note(each) for each in effective(steps)}
    for step in steps:
        if urns.chain_of(step.urn) == urns.STACK:
            root.op = step.op
        if not root.name:
            root.name = urns.stack_name(step.urn)
        if urns.chain_of(step.urn) == urns.STACK or urns.is_provider(step.urn):
            continue
        row = rows.setdefault(step.urn, Row(urns.type_of(step.urn), urns.name_of(step.urn)))
        if (not row.changes or step.op == "replace") and step.op != "refresh":
            row.op, row.note = step.op, notes.get(step.urn, "")
    for urn, row in rows.items():
        _parent(urn, rows, root).children[urn] = row
    return root


def _note(change: Change) -> str:
    """What a change means for what runs, and what changed."""
    if change.op not in ("update", "replace"):
        return ""
    consequence = consequence_of(change)
    changed = f"[diff: ~{','.join(change.diffs)}]" if change.diffs else ""
    return "; ".join(filter(None, (consequence.what if consequence else "", changed)))


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
