"""The stack's state opens with its passphrase, and says why when it does not."""

import json
from pathlib import Path
from typing import Any

import pytest
from docker import APIClient

from diagram import Service, System
from engine import crypto
from engine.crypto import new_crypter
from engine.state import seal
from engine.values import Secret
from settings import Settings
from verify import opened
from verify.opened import Opened
from verify.running import Target

SYSTEM = System(name="s", services=(Service(name="api", port=8000, image="i@sha256:" + "0" * 64),))


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A stack whose state the engine has encrypted with the passphrase `open sesame`, its key derived in no time."""
    for module in (crypto, opened):
        monkeypatch.setattr(module, "ITERATIONS", 10)
    crypter = new_crypter("open sesame")
    stored: list[dict[str, Any]] = [
        {"urn": "urn:pulumi:dev::rempart::t::s-password", "outputs": seal({"result": Secret("hidden-1")}, crypter)},
        {"urn": "urn:pulumi:dev::rempart::t::s-key", "inputs": seal({"deep": [Secret({"a": "hidden-2"})]}, crypter)},
    ]
    latest = {"secrets_providers": {"state": {"salt": crypter.salt}}, "resources": stored}
    path = tmp_path / ".pulumi/stacks/rempart/dev.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))
    (tmp_path / "Pulumi.yaml").write_text("name: rempart\n")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    settings = Settings(system="rig", environment="development", database="d", certificate="root")
    return Target(tmp_path, "dev", settings, SYSTEM, APIClient(version="1.41"))


def test_every_secret_is_found_under_its_resource(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "open sesame")
    assert Opened.of(target).secrets == {
        "s-password.outputs.result": "hidden-1",
        "s-key.inputs.deep[0].a": "hidden-2",
    }


def test_a_wrong_passphrase_says_so_and_shows_nothing(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "open barley")
    assert Opened.of(target) == Opened(closed="the state does not open: InvalidTag")


def test_a_missing_passphrase_names_where_it_would_be_taken_from(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    assert "PULUMI_CONFIG_PASSPHRASE" in Opened.of(target).closed


def test_a_state_elsewhere_is_not_opened(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://bucket")
    assert "s3://" in Opened.of(target).closed
