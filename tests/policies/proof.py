"""`python -m tests.policies.proof > docs/policies-proof.md`: what the policies find, measured."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from tests.policies.corpus import FROZEN, load
from tests.policies.corpus.measure import Measure, measure, rules
from tests.policies.leaks import AS, matrix
from tests.policies.mutation.hunt import Hunt
from tests.policies.mutation.mutant import Mutant, mutants
from tests.policies.mutation.table import Misuse
from tests.policies.test_program import deployed

SEED, EACH = 20261121, 3
HEAD = """\
# How well the policies see

Made by `python -m tests.policies.proof > docs/policies-proof.md`; tests hold the figures to their limits and this page
to the figures. What a test may not be bent to was committed before the rules that it judges were looked at: the corpus,
whose hash a test checks, and the table of fields.
"""


@cache
def hunted() -> tuple[Sequence[Mutant], Sequence[Mutant]]:
    """The mutants of the stacks as shipped, and those that no rule of the right family stops."""
    stacks = {stack: deployed(stack) for stack in ("dev", "stage", "prod")}
    hunt = Hunt(stacks)
    made = list(mutants(stacks, SEED, EACH))
    return made, [mutant for mutant in made if not hunt.caught(mutant)]


def secrets() -> Iterator[str]:
    beside = json.loads((FROZEN.parent / "detect-secrets.json").read_text())
    ours = measure(load(), rules)
    yield "## Secrets\n"
    yield f"{ours.total(True).of} made-up secrets and {ours.total(False).of} lookalikes, each where a program has it.\n"
    yield f"| | rules | detect-secrets {beside['version']} |\n|---|---|---|"
    theirs = _beside(ours, beside["found"])
    yield f"| recall | {ours.recall:.1%} | {theirs.recall:.1%} |"
    yield f"| precision | {ours.precision:.1%} | {theirs.precision:.1%} |"
    for secret, title in ((True, "secrets found"), (False, "lookalikes taken for secrets")):
        yield f"| **{title}** | {ours.total(secret)} | {theirs.total(secret)} |"
        for (is_secret, kind), score in sorted(ours.by_kind.items()):
            if is_secret is secret:
                yield f"| {kind} | {score} | {theirs.by_kind[is_secret, kind]} |"
    yield ""


def _beside(ours: Measure, found: dict[str, int]) -> Measure:
    return Measure({
        (secret, kind): type(score)(found.get(kind, 0), score.of) for (secret, kind), score in ours.by_kind.items()
    })  # fmt: skip


def leaks() -> Iterator[str]:
    table = matrix()
    held = sum(sum(row.values()) for row in table.values())
    yield "## The stack's own secrets\n"
    yield f"Found in {held} of {len(table) * len(AS)} places: twelve channels by five encodings.\n"
    yield f"| | {' | '.join(AS)} |\n|---|{'---|' * len(AS)}"
    for channel, row in table.items():
        yield f"| {channel} | {' | '.join('found' if row[form] else '**missed**' for form in AS)} |"
    yield ""


def mutations() -> Iterator[str]:
    made, escaped = hunted()
    yield "## Mutants\n"
    yield (
        f"{len(made)} mutants of the stacks dev, stage and prod, each with one field made unsafe; "
        f"{1 - len(escaped) / len(made):.1%} are stopped by a rule of the right family, and the stacks as shipped by "
        "none.\n"
    )
    yield "| family that must see it | mutants | stopped |\n|---|---|---|"
    of = Counter(" or ".join(sorted(mutant.misuse.families)) for mutant in made)
    missed = Counter(" or ".join(sorted(mutant.misuse.families)) for mutant in escaped)
    for families, count in sorted(of.items()):
        yield f"| {families} | {count} | {count - missed[families]} |"
    yield "\nWhat escapes:\n"
    for misuse in {(it.misuse.path, it.misuse.operation, str(it.misuse.operand)): it.misuse for it in escaped}.values():
        yield f"- `{misuse.path}`, {misuse.operation} `{misuse.operand}`: {reason(misuse) or 'not explained'}"
    yield ""


REASONS = {
    ("mode.global", "global"): "a global service has a volume of its own on each node; two servers never meet on one",
    ("taskSpec.containerSpec.dnsConfig.nameservers", ""): "an edge or an egress asks for names of the outside",
    ("taskSpec.containerSpec.env", "^https://"): "the address of stack dev's gateway is one of loopback",
    ("data", "ssl-default-bind-options"): "the edge's front ends no TLS, so that its default binds nothing",
}


def reason(misuse: Misuse) -> str | None:
    """Why a mutant may escape: it is as safe as what it was made from."""
    said = (why for (path, part), why in REASONS.items() if misuse.path == path and part in str(misuse.operand))
    return next(said, None)


def page() -> str:
    return "\n".join((HEAD, *secrets(), *leaks(), *mutations())).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
