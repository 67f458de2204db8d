"""Reading what a policy pack says. Its messages are all that Pulumi's command line passes on.

Of a message in several lines the first may be the rule's title and the last its remedy. A line `waived until DATE by
OWNER: REASON` says that somebody answers for the finding, `the waiver has expired: ` before it that nobody does any
more, `cannot be decided at preview` that a rule needs a literal.
"""

import re
from typing import Final

from report.model import Finding, Rule, Status, Waiver

WAIVERS: Final = "waivers"
"""The policy under which a pack says that nothing needs a waiver."""
_WAIVED: Final = re.compile(r"^(the waiver has expired: )?waived until (\d{4}-\d\d-\d\d) by (.+?): (.*)$")
_UNDECIDED: Final = ("can't run policy", "cannot be decided at preview")
_STOPPING: Final = ("mandatory", "undecided")


def finding(pack: str, policy: str, level: str, urn: str, message: str, rule: Rule | None = None) -> Finding:
    """What the pack said about the resource `urn`; `level` is Pulumi's, or `undecided`."""
    about, waiver, expired = [], None, False
    for line in message.strip().splitlines():
        if told := _WAIVED.match(line):
            expired = bool(told[1])
            waiver = Waiver(*told.groups()[1:])
        elif not rule or line not in (rule.title, rule.remedy):
            about.append(line)
    problem = "\n".join(about) or message.strip()
    status = _status(policy, level, message, waiver, expired)
    return Finding(policy, pack, urn, status, problem, message.strip(), waiver)


def _status(policy: str, level: str, message: str, waiver: Waiver | None, expired: bool) -> Status:
    if level in _STOPPING and any(words in message for words in _UNDECIDED):
        return Status.UNDECIDED
    if level in _STOPPING:
        return Status.EXPIRED if expired else Status.VIOLATION
    if waiver and not expired:
        return Status.WAIVED
    return Status.UNUSED if policy == WAIVERS else Status.ADVICE
