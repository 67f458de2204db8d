"""The rules as a page: `python -m policies.rules.document > docs/policies.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from . import RULES
from .kit.rule import Rule

TITLE: Final = """\
# Policies

Made from the rules of `policies/rules/` by `python -m policies.rules.document > docs/policies.md`; a test checks that
it is current. A rule of the profile `production` holds for the stacks stage and prod, one of `cis-strict` only where
that is chosen, every other everywhere; *advisory* stops nothing. Settings are given, and rules switched off, by a
policy configuration in Pulumi's own form. Exceptions are waivers in `policies/waivers.yaml`. How to add one:
[writing a rule](writing-a-rule.md).
"""


def page(rules: Sequence[Rule] = RULES) -> str:
    """The whole page, Markdown."""
    ordered = sorted(rules, key=lambda rule: (rule.family, rule.id))
    families = [(name, list(members)) for name, members in groupby(ordered, key=lambda rule: rule.family)]
    listed = ", ".join(f"[{name}](#{name}) {len(members)}" for name, members in families)
    return "\n".join(
        [TITLE, f"{len(ordered)} rules: {listed}.\n", *(line for family in families for line in _family(*family))]
    )


def _family(name: str, rules: Sequence[Rule]) -> Iterator[str]:
    yield f"## {name}\n\n| rule | severity | profile | | references | settings |\n|---|---|---|---|---|---|"
    for rule in rules:
        profile = rule.profile.label + (", *advisory*" if rule.advisory else "")
        cells = (f"[{rule.id}](#{rule.id})", rule.severity.name.lower(), profile, rule.title, *_more(rule))
        yield f"| {' | '.join(cells)} |"
    yield ""
    for rule in rules:
        yield f"### {rule.id}\n\n{rule.rationale} *{rule.remedy}*\n"
        yield from (f"- `{setting}`: {schema['description']}" for setting, schema in rule.settings.items())
        yield from [""] if rule.settings else []


def _more(rule: Rule) -> tuple[str, str]:
    return ", ".join(rule.references), ", ".join(f"`{name}`" for name in rule.settings)


if __name__ == "__main__":
    sys.stdout.write(page())
