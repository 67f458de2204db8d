"""The compose file says what the platform registered, and refuses to leave anything out unnoticed."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bench.compose import SECTIONS, Compose, Resource, compose
from bench.given import UntranslatedError
from components import Platform
from diagram import Cache, Database, Edge, Gateway, Route, Secret, Service, System
from engine import documents
from tests.components.recorder import Recorder, record

IMAGE = "rempart/any:sha256-" + "0" * 64
SECRET = "4dabf18193072939515e22adb298388d"
"""What the SDK marks a secret value with."""
HAS_CONFIG = (
    shutil.which("docker")
    and not subprocess.run(["docker", "stack", "config", "--help"], capture_output=True, check=False).returncode
)


def shop() -> System:
    database = Database(name="stock-db", image=IMAGE, database="stock")
    sessions = Cache(name="sessions", image=IMAGE)
    stock = Service(
        name="stock", image=IMAGE, port=8000, replicas=2, secrets=(Secret(name="signing-key"),),
        env={"PRICE": "$5"}, uses=(database, sessions.keys("~stock:*")),
    )  # fmt: skip
    gateway = Gateway(name="gateway", image=IMAGE, routes=(Route(path="/stock/", to=stock, rate=5, burst=5),))
    edge = Edge(name="edge", image=IMAGE, gateway=gateway, http=8080, https=8443)
    return System(name="shop", services=(edge, gateway, stock, database, sessions))


@pytest.fixture(scope="module")
def registered() -> Recorder:
    return record(lambda: Platform("shop", shop()))


@pytest.fixture(scope="module")
def composed(registered: Recorder) -> Compose:
    return compose(changed(registered, ""))


def clear(inputs: dict[str, Any]) -> dict[str, Any]:
    """The inputs with their secrets in clear, as the export of a state has them."""
    return {
        key: value["value"] if isinstance(value, dict) and SECRET in value else value for key, value in inputs.items()
    }


def changed(registered: Recorder, name: str, **inputs: Any) -> list[Resource]:
    """The registered resources, one of them with other inputs."""
    return [
        Resource(it.type, it.name, f"{it.name}-id", clear(it.inputs) | (inputs if it.name == name else {}))
        for it in registered.resources
    ]


def test_every_docker_object_is_in_its_section(registered: Recorder, composed: Compose) -> None:
    for type_, section in SECTIONS.items():
        names = {it.name for it in registered.resources if it.type == type_}
        assert names
        assert set(composed.document[section]) == names


def test_a_service_keeps_what_decides_how_fast_it_starts(composed: Compose) -> None:
    stock = composed.document["services"]["shop-stock-service"]
    assert stock["image"] == IMAGE
    assert stock["deploy"]["replicas"] == 2
    assert stock["deploy"]["endpoint_mode"] == "dnsrr"
    assert stock["deploy"]["resources"]["limits"] == {"memory": str(128 * 1024**2), "cpus": "0.5"}
    assert stock["healthcheck"]["test"][:4] == ["CMD", "well", "5", "probe"]
    assert stock["healthcheck"]["start_period"] == "1m"
    assert stock["init"] is True
    assert stock["read_only"] is True
    assert stock["cap_drop"] == ["ALL"]


def test_a_callee_is_found_by_its_name_and_on_its_own_subnet(registered: Recorder, composed: Compose) -> None:
    network = "shop-gateway-to-stock-network"
    assert composed.document["services"]["shop-stock-service"]["networks"][network] == {"aliases": ["stock"]}
    (wanted,) = registered.of("docker:Network")[network]["ipamConfigs"]
    described = composed.document["networks"][network]
    assert described["ipam"]["config"] == [{"subnet": wanted["subnet"]}]
    assert described["internal"] is True


def test_what_mounts_a_volume_and_a_secret_mounts_the_same(composed: Compose) -> None:
    volumes = composed.document["services"]["shop-stock-db-service"]["volumes"]
    assert {each["source"] for each in volumes if each["type"] == "volume"} <= set(composed.document["volumes"])
    secrets = composed.document["services"]["shop-stock-service"]["secrets"]
    (key,) = (each for each in secrets if each["target"] == "/run/secrets/signing-key")
    assert key == {
        "source": "shop-signing-key", "target": "/run/secrets/signing-key", "uid": "10001", "gid": "10001",
        "mode": 0o400,
    }  # fmt: skip


def test_secrets_are_in_files_and_nowhere_in_the_document(registered: Recorder, composed: Compose) -> None:
    word = "the password shop-stock-to-sessions-password-g1"
    assert word.encode() in composed.files["shop-stock-to-sessions-g1-word"]
    assert word not in json.dumps(composed.document)
    assert set(composed.files) == {*composed.document["secrets"], *composed.document["configs"]}


def test_a_dollar_sign_stays_one(composed: Compose) -> None:
    assert composed.document["services"]["shop-stock-service"]["environment"]["PRICE"] == "$$5"


def test_a_setting_without_a_counterpart_is_refused_by_name(registered: Recorder) -> None:
    with pytest.raises(UntranslatedError, match=r"shop-edge-to-gateway-network: no counterpart for ipv6"):
        compose(changed(registered, "shop-edge-to-gateway-network", ipv6=True))


def test_a_setting_deep_inside_is_refused_as_well(registered: Recorder) -> None:
    name = "shop-stock-service"
    task = registered.of("docker:Service")[name]["taskSpec"]
    container = task["containerSpec"] | {"hosts": [{"host": "a", "ip": "192.0.2.1"}]}
    with pytest.raises(UntranslatedError, match=r"taskSpec\.containerSpec: no counterpart for hosts"):
        compose(changed(registered, name, taskSpec=task | {"containerSpec": container}))


@pytest.mark.skipif(not HAS_CONFIG, reason="this docker has no `stack config`")
def test_docker_reads_the_document_without_complaint(composed: Compose, tmp_path: Path) -> None:
    for name, content in composed.files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "compose.json").write_text(json.dumps(composed.document))
    read = ["docker", "stack", "config", "--compose-file", "compose.json"]
    done = subprocess.run(read, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    read_back = documents.load(done.stdout)
    assert set(read_back["services"]) == set(composed.document["services"])
