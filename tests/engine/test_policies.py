"""Policies: what they find stops an `up` before anything is created, and what they cannot decide does, too."""

import json
from pathlib import Path

import pytest

from engine import api, policy_config
from engine.errors import EngineError
from engine.events import Event, PolicyPack
from tests.engine.stacks import resources, stack_of

pytestmark = pytest.mark.usefixtures("quick")

PACK = """
from pulumi_policy import *

def long_enough(args, report):
    if args.resource_type.endswith("RandomPassword") and args.props["length"] < 20:
        report(f"{args.name} is too short")

def longer(args):
    if args.resource_type.endswith("RandomString"):
        return {**args.props, "length": 30}

def knows_its_keeper(args, report):
    if args.resource_type.endswith("RandomId") and args.props["keepers"]["of"] == "wrong":
        report("wrong keeper")

def at_most_three(args, report):
    if len([r for r in args.resources if r.resource_type.startswith("random:")]) > 3:
        report("too many random resources")

PolicyPack("pack", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy("long-enough", "long", long_enough),
    ResourceValidationPolicy("longer", "long", remediate=longer, enforcement_level=EnforcementLevel.REMEDIATE),
    ResourceValidationPolicy("knows-its-keeper", "keeper", knows_its_keeper),
    StackValidationPolicy("at-most-three", "few", at_most_three),
])
"""
HEAD = "import pulumi\nimport pulumi_random as random\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 1.2.3\n")
    (folder / "__main__.py").write_text(PACK)
    return folder


def test_a_violation_stops_an_up_before_anything_is_created(tmp_path: Path, pack: Path) -> None:
    program = HEAD + "random.RandomPassword('fine', length=20)\nrandom.RandomPassword('bad', length=8)"
    stack = stack_of(tmp_path / "p", program)
    result = api.up(stack, policy_packs=[pack])
    assert not result.ok
    (finding,) = result.findings
    assert (finding.pack, finding.policy, finding.severity) == ("pack@v1.2.3", "long-enough", "mandatory")
    assert "bad is too short" in finding.message
    assert finding.urn.endswith("::bad")
    assert not stack.location.state.exists()


def test_a_preview_reports_every_violation(tmp_path: Path, pack: Path) -> None:
    program = HEAD + "\n".join(f"random.RandomPassword('p{n}', length=8)" for n in range(4))
    result = api.preview(stack_of(tmp_path / "p", program), policy_packs=[pack])
    assert sorted(finding.policy for finding in result.findings) == ["at-most-three", *["long-enough"] * 4]
    assert not result.ok


def test_a_rule_that_cannot_be_decided_stops_an_up(tmp_path: Path, pack: Path) -> None:
    program = HEAD + (
        "s = random.RandomString('s', length=8)\nrandom.RandomId('i', byte_length=4, keepers={'of': s.result})"
    )
    stack = stack_of(tmp_path / "p", program)
    result = api.up(stack, policy_packs=[pack])
    assert not result.ok
    assert [finding.policy for finding in result.findings if finding.severity == "undecided"] == ["knows-its-keeper"]
    assert not stack.location.state.exists()


def test_without_a_plan_what_comes_before_the_violation_is_made(tmp_path: Path, pack: Path) -> None:
    program = HEAD + (
        "a = random.RandomPassword('a', length=20)\n"
        "random.RandomPassword('b', length=8, opts=pulumi.ResourceOptions(depends_on=[a]))"
    )
    stack = stack_of(tmp_path / "p", program)
    assert not api.up_without_plan(stack, policy_packs=[pack]).ok
    assert {"a"} == resources(stack).keys() - {"demo-dev", "default_4_21_4"}


def test_a_remediation_changes_what_is_made(tmp_path: Path, pack: Path) -> None:
    stack = stack_of(tmp_path / "p", HEAD + "random.RandomString('s', length=8)")
    result = api.up(stack, policy_packs=[pack])
    assert result.ok
    assert [finding.severity for finding in result.findings] == ["remediate"]
    assert resources(stack)["s"].inputs["length"] == 30
    assert api.preview(stack, policy_packs=[pack]).counts == {"same": 2}


def test_a_secret_reaches_a_rule_opened_and_no_message(tmp_path: Path, pack: Path) -> None:
    (pack / "__main__.py").write_text(
        "from pulumi_policy import *\n"
        "def tell(args, report):\n"
        "    if args.resource_type.endswith('RandomId'):\n"
        "        report('saw ' + args.props['keepers']['of'])\n"
        "PolicyPack('pack', policies=[ResourceValidationPolicy('tell', 't', tell)])"
    )
    program = HEAD + "random.RandomId('i', byte_length=4, keepers={'of': pulumi.Output.secret('hunter2')})"
    result = api.preview(stack_of(tmp_path / "p", program), policy_packs=[pack])
    assert "saw [secret]" in result.findings[0].message
    assert result.ok, "an advisory finding does not fail"


def test_a_pack_that_does_not_start_is_an_error(tmp_path: Path, pack: Path) -> None:
    (pack / "__main__.py").write_text("raise SystemExit(3)")
    result = api.preview(stack_of(tmp_path / "p", HEAD), policy_packs=[pack])
    assert not result.ok
    assert "does not start" in result.errors[0]


def test_a_folder_without_a_pack_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"PulumiPolicy\.yaml is missing"):
        api.preview(stack_of(tmp_path / "p", HEAD), policy_packs=[tmp_path])


SCHEMA = PACK.replace(
    "def longer(",
    """def at_least(args, report):
    if args.resource_type.endswith("RandomPassword") and args.props["length"] < args.get_config()["length"]:
        report(f"is shorter than {args.get_config()['length']:g}")

def longer(""",
).replace(
    '    ResourceValidationPolicy("longer"',
    """    ResourceValidationPolicy("at-least", "long", at_least, config_schema=PolicyConfigSchema(
        properties={"length": {"type": "integer", "minimum": 1, "default": 5}})),
    ResourceValidationPolicy("longer\"""",
)


@pytest.fixture
def tunable(pack: Path) -> Path:
    (pack / "__main__.py").write_text(SCHEMA)
    return pack


def found(folder: Path, pack: Path, given: object) -> list[tuple[str, str]]:
    """Policy and severity of what a pack says, so configured, about a password of 8 letters."""
    file = folder / "config.json"
    file.write_text(given if isinstance(given, str) else json.dumps(given))
    stack = stack_of(folder / "p", HEAD + "random.RandomPassword('word', length=8)")
    result = api.preview(stack, policy_packs=[pack], policy_configs=[policy_config.load(file)])
    if result.errors:
        raise EngineError(result.errors[0])
    return sorted((finding.policy, finding.severity) for finding in result.findings)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", [("long-enough", "mandatory")]),
        ({"long-enough": "disabled", "at-least": {"length": 9}}, [("at-least", "mandatory")]),
        ({"all": "advisory"}, [("long-enough", "advisory")]),
        (
            {"all": "advisory", "at-least": {"length": 9, "enforcementLevel": "mandatory"}},
            [("at-least", "mandatory"), ("long-enough", "advisory")],
        ),
    ],
)
def test_a_pack_is_configured_as_the_cli_configures_it(
    tmp_path: Path, tunable: Path, given: object, expected: list[tuple[str, str]]
) -> None:
    assert found(tmp_path, tunable, given) == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{", "is no JSON"),
        ([], "must be an object of policies"),
        ({"long-enough": "strict"}, "long-enough.enforcementLevel: must be one of advisory, mandatory, disabled"),
        ({"long-enough": 3}, "long-enough: must be an enforcement level"),
        ({"length": "advisory"}, "names 'length', which the pack pack does not have"),
        ({"at-least": {"length": "nine"}}, "at-least.length: 'nine' is not of type 'integer'"),
        ({"at-least": {"length": 0}}, "at-least.length: 0.0 is less than the minimum of 1"),
    ],
)
def test_a_configuration_that_means_nothing_is_refused(tmp_path: Path, tunable: Path, given: object, said: str) -> None:
    with pytest.raises(EngineError) as refused:
        found(tmp_path, tunable, given)
    assert said in str(refused.value)


def test_each_configuration_is_for_one_pack(tmp_path: Path, pack: Path) -> None:
    with pytest.raises(EngineError, match="2 policy configurations for 1 policy packs"):
        api.preview(stack_of(tmp_path / "p", HEAD), policy_packs=[pack], policy_configs=[{}, {}])


def test_a_preview_says_which_rules_were_asked(tmp_path: Path, pack: Path) -> None:
    seen: list[Event] = []
    stack = stack_of(tmp_path / "p", HEAD)
    api.preview(
        stack, policy_packs=[pack], policy_configs=[{"longer": {"enforcementLevel": "disabled"}}], on_event=seen.append
    )
    [told] = [event for event in seen if isinstance(event, PolicyPack)]
    assert (told.name, told.version) == ("pack", "1.2.3")
    assert [rule.id for rule in told.rules] == ["long-enough", "knows-its-keeper", "at-most-three"]
