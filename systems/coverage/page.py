"""The table of what became of every row, Markdown."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import yaml

import systems
from diagram import System
from diagram.__main__ import sketch
from settings import SettingsError
from systems.common import RULES
from systems.coverage.answers import Answer, Answers, Status, written
from systems.coverage.rows import SYSTEMS, Row, read

TITLE = """\
# Coverage

Made from the facts in `systems/coverage/facts/`, the diagrams and the reviewed answers in `systems/coverage/answers/`
by `python -m systems.coverage > docs/coverage.md`; a test checks that it is current, that no row is without an answer,
and that every test exists. Where a service, a link or an alert is in the diagram, the diagram answers.

*Deployed here* means that the stack deploys it on a real engine; *planned here*, that its resources are planned, tested
and judged, and nothing of it was run; *later*, that nothing of it is here; *not ours*, that it is none of the
platform's business. A test shows what its name says: where a figure was only measured, or not at all, the words say so.
"""


def page() -> str:
    """The whole page."""
    answered = {system: list(answers(system)) for system in SYSTEMS}
    return "\n".join((TITLE, *_summary(answered), *(line for it in answered.items() for line in _section(*it))))


def answers(system: str) -> Iterator[tuple[Row, Answer]]:
    """Every row of a system with its answer. Raises CoverageError at the first that has none."""
    known = Answers(written(system), _drawn(system), _alerts())
    for row in read(system):
        yield row, known.to(row)


@cache
def _drawn(system: str) -> System | None:
    try:
        return sketch(system) if system in systems.KNOWN else None
    except SettingsError:
        return None


@cache
def _alerts() -> Sequence[str]:
    files = [yaml.safe_load(path.read_text()) for path in sorted(RULES.glob("*.yml"))]
    return [rule["alert"] for file in files for group in file["groups"] for rule in group["rules"] if "alert" in rule]


def _summary(answered: dict[str, list[tuple[Row, Answer]]]) -> Iterator[str]:
    yield f"| system | rows | {' | '.join(Status)} |\n|---|---|{'---|' * len(Status)}"
    for system, found in answered.items():
        counts = Counter(answer.status for _, answer in found)
        yield f"| [{system}](#{system}) | {len(found)} | {' | '.join(str(counts[it]) for it in Status)} |"
    yield ""


def _section(system: str, found: list[tuple[Row, Answer]]) -> Iterator[str]:
    yield f"## {system}\n"
    for kind in dict.fromkeys(row.kind for row, _ in found):
        yield f"### {system}: {kind}\n\n| {kind} | the document says | | here | shown by |\n|---|---|---|---|---|"
        for row, answer in found:
            if row.kind == kind:
                shown = f"`{answer.test}`" if answer.test else ""
                yield f"| {_cell(row.key)} | {_cell(row.says)} | {answer.status} | {answer.words} | {shown} |"
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
