"""A report as JUnit XML: a suite for each family, a case for each rule that was asked, and one for the plan itself."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET

from report import urn as urns
from report.model import Finding, Report, Rule, Status

_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(report: Report) -> str:
    """A rule that somebody waived is skipped; one that gives advice passes, and says it in its output."""
    rules = [
        *report.rules,
        *(Rule(name) for name in dict.fromkeys(it.rule for it in report.findings) if name not in report.by_rule),
    ]
    families: defaultdict[str, list[ET.Element]] = defaultdict(list)
    families[report.subject].append(_plan(report))
    for rule in rules:
        found = [each for each in report.findings if each.rule == rule.id]
        families[rule.family or "other"].append(_case(rule, found))
    root = ET.Element("testsuites", name=f"{report.tool[0]} {report.stack}")
    for family, cases in families.items():
        suite = ET.SubElement(root, "testsuite", name=family, time="0")
        suite.extend(cases)
        _count(suite, cases)
    _count(root, [case for cases in families.values() for case in cases])
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _legal(ET.tostring(root, encoding="unicode")) + "\n"


def _plan(report: Report) -> ET.Element:
    case = ET.Element("testcase", classname=report.subject, name="the plan can be made", time="0")
    if report.failed:
        _told(ET.SubElement(case, "error", type="failed"), "\n".join(report.errors) or f"the {report.subject} failed")
    return case


def _case(rule: Rule, found: Sequence[Finding]) -> ET.Element:
    case = ET.Element("testcase", classname=rule.family or "other", name=rule.id, time="0")
    stopping = [each for each in found if each.status.stops]
    waived = [each for each in found if each.status is Status.WAIVED]
    if stopping:
        _told(
            ET.SubElement(case, "failure", type=stopping[0].status.value), "\n".join(map(_line, stopping)), rule.remedy
        )
    elif waived and len(waived) == len(found):
        ET.SubElement(case, "skipped", message=_line(waived[0]))
    elif found:
        ET.SubElement(case, "system-out").text = "\n".join(map(_line, found))
    return case


def _line(found: Finding) -> str:
    place = f"{urns.name_of(found.urn)}: " if found.urn else ""
    waiver = f" (waived until {found.waiver.until} by {found.waiver.owner})" if found.waiver else ""
    return f"{found.status.value}: {place}{found.problem}{waiver}"


def _told(element: ET.Element, message: str, remedy: str = "") -> None:
    element.set("message", message.partition("\n")[0])
    element.text = "\n".join(filter(None, (message, remedy)))


def _count(element: ET.Element, cases: Sequence[ET.Element]) -> None:
    element.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(sum(case.find(tag) is not None for case in cases)))


def _legal(value: str) -> str:
    """XML has no way to write most control characters."""
    return _ILLEGAL.sub("\ufffd", value)
