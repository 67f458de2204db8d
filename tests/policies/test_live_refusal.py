"""A stack that breaks rule after rule leaves nothing in Docker: what the gate refuses was never begun."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policies.rules import RULES
from policies.rules.kit.rule import CONFIG, NETWORK, SECRET, SERVICE, VOLUME, Profile
from tests.live.checkout import Checkout
from tests.live.engine import left_over
from tests.policies.test_rules import EXAMPLES, recorded

REALISED = frozenset({SERVICE, NETWORK, VOLUME, SECRET, CONFIG})
REFUSED_BY_THE_ENGINE = {"registry-credentials-stay-out-of-the-state"}
"""The engine does not know `auth` and says so itself, which ends the program."""
PORTS, SUBNETS = {"http": 18090, "https": 18490}, {"pool": "192.168.0.0/16"}
"""Nobody else's: a stack beside another that has them is refused before the rules are asked."""
PROGRAM = """
from tests.policies.build import example
from tests.policies.test_rules import EXAMPLES

for name in {names!r}:
    id_, number = name.split("/")
    example.set(f"{{id_}}-{{number}}")
    EXAMPLES[id_].breaks[int(number)]()
"""


def breaking() -> list[str]:
    """The first breaking program of each rule that is made of what the embedded engine realises alone."""
    found = []
    for rule in RULES:
        examples = EXAMPLES[rule.id]
        asked = rule.profile is Profile.BASELINE and not rule.advisory and examples.stack == "dev"
        if asked and rule.id not in REFUSED_BY_THE_ENGINE:
            for number in range(len(examples.breaks)):
                types = {it.type for it in recorded("dev")[f"{rule.id}/breaks/{number}"]}
                if all(type_ in REALISED or type_.startswith(("random:index/randomP", "tls:")) for type_ in types):
                    found.append(f"{rule.id}/{number}")
                    break
    return found


@pytest.mark.live
def test_a_stack_that_breaks_the_rules_leaves_nothing(tmp_path: Path) -> None:
    programs = breaking()
    assert len(programs) > 120
    checkout = Checkout.at(tmp_path)
    checkout.stack("broken", like="dev", ports=PORTS, subnets=SUBNETS)
    (tmp_path / "__main__.py").write_text(PROGRAM.format(names=programs))
    done = checkout.run("up", "--yes", "--stack", "broken")
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert [name for name in programs if name.split("/")[0] not in said] == []
    assert not json.loads(checkout.must("stack", "export", "--stack", "broken"))["deployment"].get("resources")
    assert left_over(*(name.replace("/", "-") for name in programs)) == []
