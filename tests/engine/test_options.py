"""Options, secrets and callbacks that no recorded case covers."""

from pathlib import Path

import pytest

from engine import api
from engine.bcrypt import COST
from engine.events import Diagnostic, Event
from engine.values import Secret
from tests.engine.stacks import raw_state, resources, stack_of

pytestmark = pytest.mark.usefixtures("quick")

HEAD = (
    "import pulumi\nimport pulumi_random as random\nimport pulumi_tls as tls\nfrom pulumi import ResourceOptions as O\n"
)


def ops(result: api.Result) -> dict[str, list[str]]:
    """The operations on each resource that is not the same, by name."""
    told: dict[str, list[str]] = {}
    for step in result.steps:
        if step.op != "same":
            told.setdefault(step.urn.rsplit("::", 1)[1], []).append(step.op)
    return told


def updated(folder: Path, *programs: str) -> api.Result:
    """The plan of the last program on the stack that the ones before it made."""
    for program in programs[:-1]:
        assert (result := api.up_without_plan(stack_of(folder, HEAD + program))).ok, result.errors
    return api.preview(stack_of(folder, HEAD + programs[-1]))


DYNAMIC = """
from pulumi.dynamic import *
class P(ResourceProvider):
    def create(self, props): return CreateResult('id', props)
    def update(self, id, olds, news): return UpdateResult(news)
class D(Resource):
    def __init__(self, name, props, opts=None): super().__init__(P(), name, props, opts)
"""


def test_replace_on_changes_turns_an_update_into_a_replacement(tmp_path: Path) -> None:
    plan = updated(
        tmp_path,
        DYNAMIC + "D('d', {'x': {'a': 1, 'b': 1}})",
        DYNAMIC + "D('d', {'x': {'a': 2, 'b': 1}}, O(replace_on_changes=['x.a']))",
    )
    assert ops(plan)["d"] == ["create-replacement", "replace", "delete-replaced"]


def test_replace_on_changes_of_something_else_stays_an_update(tmp_path: Path) -> None:
    plan = updated(
        tmp_path,
        DYNAMIC + "D('d', {'x': {'a': 1, 'b': 1}})",
        DYNAMIC + "D('d', {'x': {'a': 2, 'b': 1}}, O(replace_on_changes=['x.b']))",
    )
    assert ops(plan) == {"d": ["update"]}


def test_ignore_changes_reaches_into_a_property(tmp_path: Path) -> None:
    plan = updated(
        tmp_path,
        "random.RandomPassword('a', length=12, keepers={'x': '1', 'y': '1'})",
        "random.RandomPassword('a', length=12, keepers={'x': '2', 'y': '1'}, opts=O(ignore_changes=['keepers.x']))",
    )
    assert ops(plan) == {}


def test_a_component_whose_inputs_change_is_updated(tmp_path: Path) -> None:
    component = "class K(pulumi.ComponentResource):\n    def __init__(self, n, p): super().__init__('my:x:K', n, p)\n"
    plan = updated(tmp_path, component + "K('k', {'x': 1})", component + "K('k', {'x': 2})")
    assert ops(plan) == {"k": ["update"]}


def test_a_change_of_early_renewal_is_made_in_place(tmp_path: Path) -> None:
    certificate = (
        "k = tls.PrivateKey('k', algorithm='ED25519')\n"
        "tls.SelfSignedCert('c', private_key_pem=k.private_key_pem, validity_period_hours=10,"
        " early_renewal_hours={}, allowed_uses=['server_auth'])"
    )
    plan = updated(tmp_path, certificate.format(1), certificate.format(2))
    assert ops(plan) == {"c": ["update"]}


def test_delete_before_replace_of_a_fixed_order_survives_a_failure_in_between(tmp_path: Path) -> None:
    """What was deleted for its replacement is made by the next run, which does not delete it again."""
    failing = DYNAMIC.replace("return CreateResult('id', props)", "raise Exception('not now')")
    option = "O(delete_before_replace=True, replace_on_changes=['x'])"
    assert api.up_without_plan(stack_of(tmp_path, HEAD + DYNAMIC + f"D('d', {{'x': 1}}, {option})")).ok
    failed = api.up_without_plan(stack_of(tmp_path, HEAD + failing + f"D('d', {{'x': 2}}, {option})"))
    assert not failed.ok
    assert resources(stack_of(tmp_path, ""))["d"].pending_replacement
    result = api.up_without_plan(stack_of(tmp_path, HEAD + DYNAMIC + f"D('d', {{'x': 2}}, {option})"))
    assert result.ok
    assert ops(result) == {"d": ["replace", "create-replacement"]}
    assert not resources(stack_of(tmp_path, ""))["d"].pending_replacement


def test_secrets_are_in_neither_state_nor_history_nor_events(tmp_path: Path) -> None:
    program = (
        "secret = pulumi.Config().require_secret('token')\n"
        "a = random.RandomPassword('a', length=30, keepers={'of': secret})\n"
        "pulumi.export('password', a.result)\n"
        "pulumi.export('nested', {'in': [secret]})\n"
        "secret.apply(lambda s: print('printed', s))\n"
        "secret.apply(lambda s: pulumi.log.warn('logged ' + s))\n"
    )
    config = {"demo:token": "hunter2-hunter2"}
    stack = stack_of(tmp_path, HEAD + program, config=config, secret_keys=frozenset(config))
    events: list[Event] = []
    result = api.up(stack, on_event=events.append)
    assert result.ok, result.errors
    password = api.outputs(stack, show_secrets=True)["password"]
    told = "".join(map(repr, events)) + repr(result)
    files = "".join(path.read_text() for path in (tmp_path / ".pulumi").rglob("*") if path.is_file())
    for secret in ("hunter2-hunter2", password):
        assert secret not in told
        assert secret not in files
    assert "printed [secret]" in told
    assert "logged [secret]" in told
    assert api.outputs(stack) == {"password": "[secret]", "nested": {"in": ["[secret]"]}}


def test_an_error_does_not_quote_a_secret(tmp_path: Path) -> None:
    program = (
        "s = pulumi.Config().require_secret('token')\n"
        "def fail(v): raise ValueError('bad token ' + v)\n"
        "pulumi.export('x', s.apply(fail))\n"
    )
    config = {"demo:token": "hunter2-hunter2"}
    result = api.preview(stack_of(tmp_path, HEAD + program, config=config, secret_keys=frozenset(config)))
    assert not result.ok
    assert "bad token [secret]" in result.errors[0]
    assert "hunter2" not in repr(result)


def test_a_helper_module_registers_in_the_plan_and_in_the_act(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, "import helper")
    (tmp_path / "helper.py").write_text(HEAD + "random.RandomPassword('a', length=9)")
    assert api.up(stack).ok
    assert "a" in resources(stack)


def test_hooks_run_around_their_steps_and_a_failing_one_stops_them(tmp_path: Path) -> None:
    program = (
        "def before(args): print('before', args.name)\n"
        "def after(args): print('after', args.name, int(args.new_outputs['length']))\n"
        "def refuse(args): raise Exception('no')\n"
        "a = random.RandomPassword('a', length=9, opts=O(hooks=pulumi.ResourceHookBinding("
        "before_create=[before], after_create=[after])))\n"
        "random.RandomPassword('b', length=9, opts=O(depends_on=[a], "
        "hooks=pulumi.ResourceHookBinding(before_create=[refuse])))\n"
    )
    events: list[Event] = []
    stack = stack_of(tmp_path, HEAD + program)
    assert not api.up_without_plan(stack, on_event=events.append).ok
    printed = [event.message for event in events if isinstance(event, Diagnostic) and event.severity == "info"]
    assert [line for line in printed if line.startswith(("before", "after"))] == ["before a", "after a 9"]
    assert "b" not in resources(stack)


def test_a_transform_may_register_a_resource_itself(tmp_path: Path) -> None:
    program = (
        "def add(args):\n"
        "    if args.name == 'a': random.RandomPassword('b', length=9)\n"
        "pulumi.runtime.register_resource_transform(add)\n"
        "random.RandomPassword('a', length=9)\n"
    )
    assert api.preview(stack_of(tmp_path, HEAD + program)).counts == {"create": 3}


def test_a_refresh_forgets_what_is_gone_and_the_next_up_makes_it_again(tmp_path: Path) -> None:
    """A dynamic provider stands for what changes outside of the engine."""
    folder = tmp_path / "p"
    provider = f"""
import pathlib
from pulumi.dynamic import *
FILE = pathlib.Path({str(tmp_path / "outside")!r})
class P(ResourceProvider):
    def create(self, props):
        FILE.write_text(props['text'])
        return CreateResult('file', props)
    def read(self, id, props):
        return ReadResult(id if FILE.exists() else '', {{'text': FILE.read_text()}} if FILE.exists() else {{}})
    def update(self, id, olds, news):
        FILE.write_text(news['text'])
        return UpdateResult(news)
    def diff(self, id, olds, news): return DiffResult(changes=olds['text'] != news['text'])
class File(Resource):
    def __init__(self, name, text): super().__init__(P(), name, {{'text': text}})
File('f', 'one')
"""
    stack = stack_of(folder, HEAD + provider)
    assert api.up(stack).ok
    (tmp_path / "outside").write_text("drifted")
    assert api.preview(stack, refresh=True).counts == {"update": 2, "same": 1}
    assert api.preview(stack).counts == {"same": 2}, "a preview changes nothing"
    refreshed = api.refresh(stack)
    assert refreshed.counts["update"] == 1
    assert resources(stack)["f"].outputs["text"] == "drifted"
    assert ops(api.up(stack)) == {"f": ["update"]}
    (tmp_path / "outside").unlink()
    assert api.refresh(stack).counts["delete"] == 1
    assert "f" not in resources(stack)
    assert ops(api.up(stack)) == {"f": ["create"]}
    assert (tmp_path / "outside").read_text() == "one"


def test_the_children_of_what_is_gone_stay(tmp_path: Path) -> None:
    program = f"""
import pathlib
from pulumi.dynamic import *
GONE = pathlib.Path({str(tmp_path / "gone")!r})
class P(ResourceProvider):
    def create(self, props): return CreateResult('id', props)
    def read(self, id, props): return ReadResult('' if GONE.exists() else id, props)
class D(Resource):
    def __init__(self, name): super().__init__(P(), name, {{}})
random.RandomPassword('child', length=9, opts=O(parent=D('d')))
"""
    stack = stack_of(tmp_path, HEAD + program)
    assert api.up(stack).ok
    (tmp_path / "gone").touch()
    assert api.refresh(stack).counts["delete"] == 1
    assert resources(stack)["child"].parent == ""
    (tmp_path / "gone").unlink()
    assert ops(api.up(stack)) == {"d": ["create"]}
    assert resources(stack)["child"].parent.endswith("::d")


def test_every_protected_resource_is_told_and_the_rest_is_destroyed(tmp_path: Path) -> None:
    program = "for n in 'abc': random.RandomPassword(n, length=9, opts=O(protect=n != 'c'))"
    stack = stack_of(tmp_path, HEAD + program)
    assert api.up(stack).ok
    plan = api.destroy(stack)
    assert not plan.ok
    assert sorted(error.split("'")[0].split("::")[3].split('"')[0] for error in plan.errors) == ["a", "b"]


def test_destroy_leaves_an_empty_stack_that_can_be_made_again(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, HEAD + "random.RandomPassword('a', length=9)")
    assert api.up(stack).ok
    assert api.destroy(stack).counts == {"delete": 2}
    assert resources(stack) == {}
    assert api.up(stack).ok


def test_a_protected_resource_is_not_destroyed(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, HEAD + "random.RandomPassword('a', length=9, opts=O(protect=True))")
    assert api.up(stack).ok
    result = api.destroy(stack)
    assert not result.ok
    assert "protected" in result.errors[0]
    assert "a" in resources(stack)


def test_the_state_is_private_and_keeps_a_backup(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, HEAD + "random.RandomPassword('a', length=9)")
    api.up(stack)
    first = raw_state(stack.location)
    api.up(stack_of(tmp_path, HEAD + "random.RandomPassword('a', length=10)"))
    assert stack.location.state.stat().st_mode & 0o077 == 0
    assert stack.location.state.with_suffix(".json.bak").read_text() == first


def test_a_random_value_is_a_secret_of_its_own_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.bcrypt.COST", COST)
    stack = stack_of(tmp_path, HEAD + "random.RandomPassword('a', length=40, min_numeric=5, special=False)")
    assert api.up(stack).ok
    made = resources(stack)["a"].outputs
    assert isinstance(made["result"], Secret)
    assert len(made["result"].value) == 40
    assert sum(letter.isdigit() for letter in made["result"].value) >= 5
    assert made["bcryptHash"].value.startswith("$2a$10$")


def test_an_input_that_becomes_secret_without_changing_is_in_clear_nowhere_in_the_state(tmp_path: Path) -> None:
    made = "random.RandomId('a', byte_length=4, prefix={0}, keepers={{'k': {0}}})"
    for value in ("'canary'", "pulumi.Output.secret('canary')"):
        stack = stack_of(tmp_path, HEAD + made.format(value))
        assert api.up_without_plan(stack).ok
    outputs = resources(stack)["a"].outputs
    assert (outputs["prefix"], outputs["keepers"]) == (Secret("canary"), {"k": Secret("canary")})


def test_a_replacement_takes_also_the_changes_that_were_ignored_until_then(tmp_path: Path) -> None:
    made = "random.RandomPassword('a', length=12, keepers={}, opts=O(ignore_changes=['keepers.x']))"
    held = []
    for keepers in ({"x": "1", "y": "1"}, {"x": "2", "y": "1"}, {"x": "2", "y": "2"}):
        stack = stack_of(tmp_path, HEAD + made.replace("{}", repr(keepers)))
        assert api.up_without_plan(stack).ok
        held.append(resources(stack)["a"].inputs["keepers"])
    assert held == [{"x": "1", "y": "1"}, {"x": "1", "y": "1"}, {"x": "2", "y": "2"}]
