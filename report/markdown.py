"""A report as Markdown for the comment on a pull request. What a program names itself is never taken as Markdown."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from report import tree, words
from report import urn as urns
from report.model import Finding, Report, Status, Verdict, ordered

LONGEST: Final = 60_000
"""Characters; a comment on GitHub takes 65,536."""
_PLAIN: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "@\u200b", "#": "#\u200b"}
_BREAKS: Final = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_ROWS: Final = 40
_NAMES: Final = 12
_TITLES: Final = {
    Verdict.PASSED: "may be deployed",
    Verdict.VIOLATIONS: "refused",
    Verdict.UNDECIDED: "refused",
    Verdict.FAILED: "failed",
}


def text(report: Report) -> str:
    """The verdict, then what people decide by, then the plan; what is too long for a comment is cut, and says so."""
    whole = "\n".join(_lines(report))
    body = whole if len(whole) <= LONGEST else "\n".join(_lines(report, plan=False))
    if len(body) > LONGEST:
        body = body[:LONGEST].rpartition("\n")[0] + "\n\nThe rest is too long for a comment."
    return body + "\n"


def _lines(report: Report, *, plan: bool = True) -> Iterator[str]:
    yield f"<!-- rempart: {_code(report.stack)} -->"
    yield f"## `{_code(report.stack)}`: {_TITLES[report.verdict]}"
    yield ""
    yield f"{_counted(report)}; {words.verdict(report)}."
    yield from _errors(report)
    yield from _findings(report)
    yield from _consequences(report)
    yield from _presences(report)
    yield from _waivers(report)
    yield ""
    yield f"**Rules**: {_text(words.rules(report))}."
    if plan and report.effective:
        yield from ["", "<details><summary>The plan</summary>", "", "```text"]
        yield from (
            line.replace("`", "'") for line in tree.lines(tree.build(sorted(report.changes, key=lambda it: it.urn)))
        )
        yield from ["```", "", "</details>"]


def _counted(report: Report) -> str:
    ops = [each.op for each in report.effective]
    counts = [f"{ops.count(op)} to {op}" for op in sorted(set(ops))]
    if counts:
        return ", ".join(counts)
    return "No changes" if report.subject == "preview" else f"{report.resources} resources"


def _errors(report: Report) -> Iterator[str]:
    for error in report.errors:
        yield from ["", f"> {_text(error)}"]


def _findings(report: Report) -> Iterator[str]:
    shown = [each for each in ordered(report.findings) if each.status.stops or each.status is Status.ADVICE]
    if not shown:
        return
    yield from ["", "### Findings", "", "| | Rule | Resource | Problem | What to do |", "|---|---|---|---|---|"]
    yield from _rows([_finding(report, each) for each in shown], 5)


def _finding(report: Report, found: Finding) -> Sequence[str]:
    rule = report.by_rule.get(found.rule)
    mark = f"**{found.status.value}**" if found.status.stops else found.status.value
    place = f"`{_code(urns.name_of(found.urn))}`"
    return mark, f"`{_code(found.rule)}`", place, _text(found.problem), _text(rule.remedy if rule else "")


def _consequences(report: Report) -> Iterator[str]:
    if not report.effective:
        return
    yield from ["", "### What restarts or goes down", ""]
    if not report.consequences:
        yield "Nothing."
        return
    yield from ["| Service | What happens | How long |", "|---|---|---|"]
    rows = []
    for each in report.consequences:
        what = f"**{each.what}**" if each.interrupted else each.what
        ago = "for good" if each.op == "delete" else words.lasted(report.last(each), interrupted=each.interrupted)
        rows.append((f"`{_code(each.name)}`", what, ago))
    yield from _rows(rows, 3)


def _presences(report: Report) -> Iterator[str]:
    if not report.presences:
        return
    yield from ["", "### What appears and disappears", "", "| | What | Names |", "|---|---|---|"]
    rows = []
    for state in ("appears", "disappears", "renewed"):
        found = [each for each in report.presences if each.state == state]
        rows += [(state, count, _text(names)) for count, names in words.kinds(found, _NAMES)]
    yield from _rows(rows, 3)


def _waivers(report: Report) -> Iterator[str]:
    rows: list[Sequence[str]] = []
    for status in (Status.WAIVED, Status.EXPIRED):
        for found, covered in report.waived(status):
            assert found.waiver
            names = ", ".join(f"`{_code(urns.name_of(urn))}`" for urn in covered[:_NAMES])
            more = f" and {len(covered) - _NAMES} more" if len(covered) > _NAMES else ""
            until = found.waiver.until if status is Status.WAIVED else f"**{found.waiver.until}, expired**"
            rows.append(
                (f"`{_code(found.rule)}`", names + more, until, _text(found.waiver.owner), _text(found.waiver.reason))
            )
    if rows:
        yield from ["", "### Waivers", "", "| Rule | Resources | Until | Owner | Reason |", "|---|---|---|---|---|"]
        yield from _rows(rows, 5)
    for found in report.findings:
        if found.status is Status.UNUSED:
            yield from ["", f"A waiver is unused: {_text(found.problem)}."]


def _rows(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    yield from ("| " + " | ".join(row) + " |" for row in rows[:_ROWS])
    if len(rows) > _ROWS:
        yield f"| and {len(rows) - _ROWS} more |" + " |" * (width - 1)


def _text(value: str) -> str:
    """`value` in one line, as text that means nothing to Markdown, HTML or GitHub: no mention, no reference."""
    plain = re.sub(r"[\\`*_{}\[\]<>|~&@#]", lambda found: _PLAIN.get(found[0], f"\\{found[0]}"), value)
    return re.sub(f"[{_BREAKS}]+", "<br>", plain)


def _code(value: str) -> str:
    """`value` as it may stand between backticks, in a table, and in an HTML comment."""
    return re.sub(r"[`|\s]|--+|[<>]", " ", value).strip()
