"""Bad input: one clear error each, before anything changes."""

import json
from pathlib import Path

import pytest

from engine import api, lock
from engine.errors import ConfigError, EngineError, LockedError, PassphraseError, StateError
from tests.engine.stacks import raw_state, stack_of

PROGRAM = """
    import pulumi_random as random
    random.RandomPassword("a", length=12)
"""
pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def stack(tmp_path: Path) -> api.Stack:
    made = stack_of(tmp_path, PROGRAM)
    assert api.up_without_plan(made).ok
    return made


def test_a_wrong_passphrase_is_refused(stack: api.Stack, tmp_path: Path) -> None:
    before = raw_state(stack.location)
    with pytest.raises(PassphraseError):
        api.up(stack_of(tmp_path, PROGRAM, passphrase="another"))
    assert raw_state(stack.location) == before


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_truncated_state_is_refused_and_the_backup_named(stack: api.Stack, part: float) -> None:
    api.up_without_plan(stack)
    whole = raw_state(stack.location)
    stack.location.state.write_text(whole[: int(len(whole) * part)])
    with pytest.raises(StateError, match=r"damaged or truncated.*\.bak"):
        api.preview(stack)


@pytest.mark.parametrize(
    "content", ["[]", "{}", '{"version": 3}', '{"version": 2, "checkpoint": {"stack": "dev"}}', "\0"]
)
def test_a_state_of_another_shape_is_refused(stack: api.Stack, content: str) -> None:
    stack.location.state.write_text(content)
    with pytest.raises(StateError):
        api.preview(stack)


def test_a_state_that_needs_what_only_the_cli_knows_is_refused_by_its_name(stack: api.Stack) -> None:
    document = json.loads(raw_state(stack.location)) | {"version": 4, "features": ["hooks", "taint"]}
    stack.location.state.write_text(json.dumps(document))
    with pytest.raises(StateError, match="needs taint: use the Pulumi CLI"):
        api.preview(stack)


def test_a_state_with_a_missing_dependency_is_refused(stack: api.Stack) -> None:
    document = json.loads(raw_state(stack.location))
    document["checkpoint"]["latest"]["resources"].pop(0)
    stack.location.state.write_text(json.dumps(document))
    with pytest.raises(StateError, match="damaged"):
        api.preview(stack)


def test_a_changed_ciphertext_is_refused(stack: api.Stack) -> None:
    text = raw_state(stack.location)
    place = text.index('"ciphertext": "v1:') + 40
    stack.location.state.write_text(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :])
    with pytest.raises(StateError, match="decrypted"):
        api.preview(stack)


def test_a_state_of_another_project_is_refused(stack: api.Stack) -> None:
    stack.location.state.write_text(
        raw_state(stack.location).replace("organization/demo/dev", "organization/other/dev")
    )
    with pytest.raises(StateError, match="belongs to organization/other/dev"):
        api.preview(stack)


def test_a_locked_stack_refuses_a_second_run_and_names_the_first(stack: api.Stack) -> None:
    with lock.held(stack.location), pytest.raises(LockedError, match="currently locked by 1 lock"):
        api.up(stack)
    assert api.up_without_plan(stack).ok


def test_a_lock_of_another_machine_is_never_stale(stack: api.Stack) -> None:
    other = {"pid": 1, "username": "x", "hostname": "elsewhere", "timestamp": "2020-01-01T00:00:00Z"}
    path = stack.location.locks / "00000000-0000-0000-0000-000000000000.json"
    path.write_text(json.dumps(other))
    with pytest.raises(LockedError, match="x@elsewhere"):
        api.up(stack)


def test_configuration_is_held_to_the_schema(tmp_path: Path) -> None:
    schema = """
        config:
          replicas: {type: integer}
          name: {type: string, default: web}
          token: {type: string, secret: true, default: ""}
    """
    program = "import pulumi; pulumi.export('name', pulumi.Config().require('name'))"
    with pytest.raises(ConfigError, match="missing configuration variable 'replicas'"):
        api.preview(stack_of(tmp_path, program, schema=schema))
    with pytest.raises(ConfigError, match="'replicas' must be of type 'integer'"):
        api.preview(stack_of(tmp_path, program, schema=schema, config={"demo:replicas": "many"}))
    with pytest.raises(ConfigError, match="'token' must be encrypted"):
        api.preview(stack_of(tmp_path, program, schema=schema, config={"demo:replicas": 1, "demo:token": "t"}))
    fine = api.preview(stack_of(tmp_path, program, schema=schema, config={"demo:replicas": "2"}))
    assert fine.outputs == {"name": "web"}


def test_a_project_without_a_file_or_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"no usable Pulumi\.yaml"):
        api.Project.load(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("runtime: python")
    with pytest.raises(EngineError, match="needs a name"):
        api.Project.load(tmp_path)


UNSUPPORTED = {
    "the option import_": "random.RandomPassword('a', length=9, opts=pulumi.ResourceOptions(import_='x'))",
    "the option deleted_with": (
        "b = random.RandomPassword('b', length=9)\n"
        "random.RandomPassword('a', length=9, opts=pulumi.ResourceOptions(deleted_with=b))"
    ),
    "the option custom_timeouts": (
        "random.RandomPassword('a', length=9, opts=pulumi.ResourceOptions("
        "custom_timeouts=pulumi.CustomTimeouts(create='1m')))"
    ),
    "RandomPet": "random.RandomPet('a')",
    "the package": "pulumi.CustomResource('aws:s3/bucket:Bucket', 'a', {})",
    "a seed": "random.RandomInteger('a', min=1, max=2, seed='x')",
    "its own configuration": "tls.Provider('a', proxy={'url': 'http://x'})",
    "the function": "tls.get_certificate(content='x')",
}


@pytest.mark.parametrize("what", UNSUPPORTED)
def test_what_is_not_supported_is_refused_by_name_before_any_step(tmp_path: Path, what: str) -> None:
    program = f"import pulumi\nimport pulumi_random as random\nimport pulumi_tls as tls\n{UNSUPPORTED[what]}"
    made = stack_of(tmp_path, "")
    (tmp_path / "__main__.py").write_text(program)
    result = api.up(made)
    assert not result.ok
    assert what in " ".join(result.errors)
    assert "use the Pulumi CLI" in " ".join(result.errors)
    assert not made.location.state.exists()
