"""What the embedded engine cannot do it says by name, before anything is made."""

from pathlib import Path

import pytest

from engine import api
from tests.engine.stacks import stack_of

pytestmark = pytest.mark.usefixtures("quick")

HEAD = """\
import pulumi, pulumi_docker as docker, pulumi_random as random
first = random.RandomPassword('first', length=8)
"""
OPTIONS = {
    "custom_timeouts": "{'create': '1m'}",
    "deleted_with": "first",
    "replace_with": "[first]",
    "replacement_trigger": "1",
    "hide_diffs": "['length']",
    "import_": "'x'",
}
PROGRAMS = {
    "StackReference": "pulumi.StackReference('organization/other/dev')",
    "own configuration": "docker.Provider('far', host='ssh://somewhere')",
    "an archive": "random.RandomPassword('b', length=8, keepers={'a': pulumi.AssetArchive({})})",
    "docker:index/plugin:Plugin": "docker.Plugin('b', name='x')",
}
CONFIGURATION = ("docker:host", "random:anything", "pulumi:disable-default-providers")


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_is_refused_by_its_name(tmp_path: Path, option: str) -> None:
    opts = f"pulumi.ResourceOptions({option}={OPTIONS[option]})"
    _refused(stack_of(tmp_path, f"{HEAD}random.RandomPassword('second', length=8, opts={opts})"), option)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_resource_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    _refused(stack_of(tmp_path, HEAD + PROGRAMS[name]), name)


@pytest.mark.parametrize("key", CONFIGURATION)
def test_configuration_of_a_default_provider_is_refused(tmp_path: Path, key: str) -> None:
    _refused(stack_of(tmp_path, HEAD, config={key: "x"}), f"the configuration {key}")


def _refused(stack: api.Stack, name: str) -> None:
    result = api.up(stack)
    assert not result.ok
    said = "\n".join(result.errors)
    assert name in said
    assert "is not supported by the embedded engine: use the Pulumi CLI" in said
    assert not stack.location.state.exists()
