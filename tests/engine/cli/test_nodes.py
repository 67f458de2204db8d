"""A plan that asks for machines which the swarm does not have is refused before anything is changed."""

import secrets
import subprocess
from collections.abc import Iterator

import pytest

from engine.cli.neighbours import Neighbours
from engine.errors import EngineError
from engine.events import StepStarted

pytestmark = pytest.mark.live

SERVICE = "urn:pulumi:dev::demo::docker:index/service:Service::db"


def refuse(*constraints: str) -> None:
    neighbours = Neighbours("dev")
    new = {"taskSpec": {"placement": {"constraints": [*constraints]}}}
    neighbours.see(StepStarted("create", SERVICE, old={}, new=new))
    neighbours.refuse()


@pytest.fixture
def label() -> Iterator[str]:
    """A label that this machine's node has."""
    name = f"rempart.test-{secrets.token_hex(3)}"
    node = subprocess.run(["docker", "node", "ls", "-q"], check=True, capture_output=True, text=True).stdout.split()[0]
    subprocess.run(["docker", "node", "update", "--label-add", f"{name}=yes", node], check=True, capture_output=True)
    yield name
    subprocess.run(["docker", "node", "update", "--label-rm", name, node], check=True, capture_output=True)


def test_a_label_that_no_node_has_is_named_with_the_command_that_sets_it(label: str) -> None:
    with pytest.raises(EngineError) as caught:
        refuse(f"node.labels.{label} == yes", "node.labels.rempart.nowhere == yes")
    assert "nothing was changed" in str(caught.value)
    assert "docker node update --label-add rempart.nowhere=yes NODE" in str(caught.value)
    assert label not in str(caught.value)


def test_a_label_that_is_there_and_other_constraints_are_let_pass(label: str) -> None:
    refuse(f"node.labels.{label} == yes", "node.role == manager")
