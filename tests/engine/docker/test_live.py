"""The provider against a real Docker engine in Swarm mode."""

# ruff: noqa: A001, A002 - `type` is the protocol's word

import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.docker.provider import Docker
from engine.provider import PartialCreate, ProviderError

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

NETWORK = "docker:index/network:Network"
SECRET = "docker:index/secret:Secret"
CONFIG = "docker:index/serviceConfig:ServiceConfig"
VOLUME = "docker:index/volume:Volume"
SERVICE = "docker:index/service:Service"
IMAGES = ("local/debian:12", "rempart/base")


def silent(message: str, *, runs: bool | None = None) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def api() -> Any:
    docker = pytest.importorskip("docker")
    return docker.APIClient(version="auto", max_pool_size=64)


@pytest.fixture(scope="module")
def image(api: Any) -> str:
    tags = [tag for found in api.images() for tag in found["RepoTags"] or ()]
    for wanted in IMAGES:
        for tag in map(str, tags):
            if tag == wanted or tag.startswith(f"{wanted}:"):
                return tag
    pytest.fail(f"none of the images {', '.join(IMAGES)} is here: run `make images`")


class Bench:
    """Makes resources through the provider and removes all of them in the end, the latest first."""

    def __init__(self) -> None:
        self.docker = Docker()
        self.made: list[tuple[str, str, dict[str, Any]]] = []
        self.lock = threading.Lock()

    def inputs(self, type: str, name: str, **news: Any) -> dict[str, Any]:
        inputs, failures = self.docker.check(type, f"dk-test-{name}", None, news)
        assert failures == []
        return inputs

    def make(self, type: str, name: str, **news: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
        inputs = self.inputs(type, name, **news)
        made, outputs = self.docker.create(type, inputs, silent)
        with self.lock:
            self.made.append((type, made, outputs))
        return made, inputs, outputs

    def unmake(self) -> None:
        for type, made, outputs in reversed(self.made):
            self.docker.delete(type, made, outputs, silent)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.unmake()


def network(bench: Bench, name: str = "net", third: int = 0) -> tuple[str, dict[str, Any], dict[str, Any]]:
    configs = [{"subnet": f"10.77.{third}.0/28", "gateway": f"10.77.{third}.1"}]
    return bench.make(NETWORK, name, driver="overlay", internal=True, ipamConfigs=configs)


def spec(image: str, command: str = "sleep infinity & wait", replicas: int = 1, **container: Any) -> dict[str, Any]:
    return {
        "taskSpec": {
            "containerSpec": {
                "image": image,
                "commands": ["bash", "-c", command],
                "init": True,
                "stopGracePeriod": "15s",
                "healthcheck": {"tests": ["CMD", "true"], "interval": "1s", "timeout": "10s", "retries": 1},
                **container,
            },
            "restartPolicy": {"condition": "any", "delay": "1s", "maxAttempts": 0, "window": "0s"},
        },
        "mode": {"replicated": {"replicas": replicas}},
        "endpointSpec": {"mode": "dnsrr"},
        "updateConfig": {"order": "start-first", "failureAction": "rollback", "monitor": "2s"},
        "rollbackConfig": {"order": "start-first", "monitor": "2s"},
        "convergeConfig": {"delay": "1s", "timeout": "60s"},
    }


def assert_no_drift(bench: Bench, type: str, made: str, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    assert bench.docker.read(type, made, inputs, outputs) == (made, inputs, outputs)
    assert bench.docker.diff(type, made, inputs, outputs, inputs).changed == ()


def test_every_type_reads_back_as_it_was_created_and_is_found_by_its_name(bench: Bench, image: str) -> None:
    net, _, _ = network(bench)
    labels = [{"label": "rempart.test", "value": "yes"}]
    secret, secret_inputs, _ = bench.make(SECRET, "secret", data=b64encode(b"one").decode(), labels=labels)
    config, config_inputs, _ = bench.make(CONFIG, "config", data=b64encode(b"level = info").decode())
    _, volume_inputs, _ = bench.make(VOLUME, "data", labels=labels, driver="local")
    shared = f"{volume_inputs['name']}-keeper"
    container: dict[str, Any] = {
        "labels": labels,
        "env": {"MODE": "test", "WITH": "a=b"},
        "readOnly": True,
        "user": "65534",
        "capDrops": ["ALL"],
        "hosts": [{"host": "somewhere", "ip": "10.1.2.3"}],
        "dnsConfig": {"nameservers": [], "options": ["timeout:1", "attempts:1"]},
        "stopSignal": "SIGINT",
        "secrets": [
            {"secretId": secret, "secretName": secret_inputs["name"], "fileName": "/run/secrets/a", "fileMode": 0o400}
        ],
        "configs": [{"configId": config, "configName": config_inputs["name"], "fileName": "/etc/a"}],
        "mounts": [
            {"type": "tmpfs", "target": "/tmp", "tmpfsOptions": {"sizeBytes": 1 << 20, "mode": 0o1777}},
            {"type": "volume", "source": volume_inputs["name"], "target": "/data"},
            {
                "type": "volume",
                "source": shared,
                "target": "/run/keeper",
                "volumeOptions": {"driverName": "local", "driverOptions": {"type": "tmpfs", "device": "tmpfs"}},
            },
        ],
    }
    asked = spec(image, **container)
    asked["labels"] = labels
    asked["taskSpec"] |= {
        "networksAdvanceds": [{"id": net, "aliases": ["b", "a"]}],
        "resources": {"limits": {"memoryBytes": 64 << 20, "nanoCpus": 500_000_000}},
        "logDriver": {"name": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
        "placement": {"constraints": ["node.role==manager"], "maxReplicas": 2},
    }
    asked["endpointSpec"] = {
        "mode": "dnsrr",
        "ports": [{"targetPort": 80, "publishedPort": 18081, "publishMode": "host"}],
    }
    bench.make(SERVICE, "svc", **asked)
    for type, made, outputs in bench.made:
        found = bench.docker.read(type, made, {}, outputs)
        assert found is not None
        assert found[2] == outputs
    inputs = bench.inputs(SERVICE, "again", **asked)
    assert (
        bench.docker.diff(SERVICE, "", {}, bench.made[-1][2], inputs | {"name": bench.made[-1][2]["name"]}).changed
        == ()
    )
    for type, made, outputs in bench.made:
        assert bench.docker.find(type, {"name": outputs["name"]}) == made
        assert bench.docker.find(type, {"name": outputs["name"][:-1]}) is None
    bench.made.insert(0, (VOLUME, shared, {"name": shared}))  # the service's mount makes it


def test_a_service_that_says_little_reads_back_without_drift(bench: Bench, image: str) -> None:
    asked = {"taskSpec": {"containerSpec": {"image": image, "commands": ["sleep", "100"]}}, "convergeConfig": {}}
    assert_no_drift(bench, SERVICE, *bench.make(SERVICE, "small", **asked))


def test_a_network_that_says_little_reads_back_without_drift(bench: Bench) -> None:
    made, inputs, outputs = bench.make(NETWORK, "small", driver="overlay")
    assert outputs["ipamConfigs"][0]["subnet"]
    assert_no_drift(bench, NETWORK, made, inputs, outputs)


def test_a_network_with_a_gateway_chosen_by_docker_is_not_replaced_after_a_refresh(bench: Bench) -> None:
    made, inputs, outputs = bench.make(NETWORK, "gw", driver="overlay", ipamConfigs=[{"subnet": "10.77.9.0/28"}])
    assert_no_drift(bench, NETWORK, made, inputs, outputs)


def test_updates_roll_in_place_and_a_second_one_waits_for_its_own_end(bench: Bench, image: str, api: Any) -> None:
    made, inputs, outputs = bench.make(SERVICE, "svc", **spec(image))
    for mode in ("one", "two"):
        news = {**inputs, **spec(image, replicas=2, env={"MODE": mode})}
        news, _ = bench.docker.check(SERVICE, "svc", inputs, news | {"name": None})
        assert bench.docker.diff(SERVICE, made, inputs, outputs, news).replaces == ()
        outputs = bench.docker.update(SERVICE, made, inputs, outputs, news, silent)
        running = [task for task in api.tasks({"service": made}) if task["Status"]["State"] == "running"]
        live = [task for task in running if task["DesiredState"] == "running"]
        assert [task["Spec"]["ContainerSpec"]["Env"] for task in live] == [[f"MODE={mode}"]] * 2
        assert_no_drift(bench, SERVICE, made, news, outputs)
        inputs = news


@pytest.mark.parametrize(("order", "stops"), [("stop-first", True), ("start-first", False)])
def test_an_update_tells_when_nothing_runs(bench: Bench, image: str, order: str, stops: bool) -> None:
    told: list[bool | None] = []

    def progress(message: str, *, runs: bool | None = None) -> None:
        told.append(runs)

    asked = spec(image)
    asked["updateConfig"]["order"] = order
    made, inputs, outputs = bench.make(SERVICE, "svc", **asked)
    changed = spec(image, env={"MODE": "two"}, healthcheck={"tests": ["CMD", "sleep", "1"], "interval": "1s"})
    news, _ = bench.docker.check(SERVICE, "svc", inputs, {**inputs, **asked, "taskSpec": changed["taskSpec"]})
    bench.docker.update(SERVICE, made, inputs, outputs, news, progress)
    assert told
    assert (False in told) is stops


def test_an_update_that_crashes_fails_rolls_back_and_is_planned_again(bench: Bench, image: str) -> None:
    made, inputs, outputs = bench.make(SERVICE, "svc", **spec(image))
    news = {**inputs, **spec(image, command="echo cannot find the door; exit 7")}
    news, _ = bench.docker.check(SERVICE, "svc", inputs, news | {"name": None})
    with pytest.raises(PartialCreate, match="service rollback completed") as failure:
        bench.docker.update(SERVICE, made, inputs, outputs, news, silent)
    assert "cannot find the door" in str(failure.value)
    assert failure.value.id == made
    assert bench.docker.diff(SERVICE, made, inputs, failure.value.outputs, news).changed == ()
    assert bench.docker.diff(SERVICE, made, inputs, failure.value.outputs, inputs).changed == ("taskSpec",)
    refreshed = bench.docker.read(SERVICE, made, inputs, failure.value.outputs)
    assert refreshed is not None
    assert bench.docker.diff(SERVICE, made, inputs, refreshed[2], inputs).changed == ()


def test_a_service_that_never_starts_shows_its_last_words_and_leaves_nothing(bench: Bench, image: str) -> None:
    asked = spec(image, command="echo the table is laid; exit 3") | {"convergeConfig": {"timeout": "8s"}}
    inputs = bench.inputs(SERVICE, "never", **asked)
    with pytest.raises(ProviderError, match="did not converge after 8s") as failure:
        bench.docker.create(SERVICE, inputs, silent)
    assert "the table is laid" in str(failure.value)
    assert "non-zero exit (3)" in str(failure.value)
    assert bench.docker.find(SERVICE, inputs) is None


def test_a_missing_image_is_named_before_the_time_is_over(bench: Bench) -> None:
    inputs = bench.inputs(SERVICE, "missing", **spec("local/no-such-image:1") | {"convergeConfig": {"timeout": "60s"}})
    began = time.monotonic()
    with pytest.raises(ProviderError, match="image local/no-such-image:1 is missing"):
        bench.docker.create(SERVICE, inputs, silent)
    assert time.monotonic() - began < 40


def test_a_taken_subnet_names_the_network_that_has_it_and_leaves_nothing(bench: Bench) -> None:
    _, _, first = network(bench, "first", third=3)
    inputs = bench.inputs(NETWORK, "second", driver="overlay", ipamConfigs=[{"subnet": "10.77.3.0/27"}])
    with pytest.raises(ProviderError, match=f"subnet 10.77.3.0/27 is taken by network {first['name']}"):
        bench.docker.create(NETWORK, inputs, silent)
    assert bench.docker.find(NETWORK, inputs) is None


def test_drift_of_a_service_is_read_and_planned_back(bench: Bench, image: str, api: Any) -> None:
    made, inputs, outputs = bench.make(SERVICE, "svc", **spec(image))
    found = api.inspect_service(made)
    template = found["Spec"]["TaskTemplate"]
    template["ContainerSpec"]["Env"] = ["EVIL=1"]
    api.update_service(
        made,
        found["Version"]["Index"],
        template,
        found["Spec"]["Name"],
        mode={"Replicated": {"Replicas": 3}},
        labels={"who": "by hand"},
        endpoint_spec={"Mode": "dnsrr"},
    )
    _, now_inputs, now = bench.docker.read(SERVICE, made, inputs, outputs) or pytest.fail("it is there")
    assert now["taskSpec"]["containerSpec"]["env"] == {"EVIL": "1"}
    assert now["mode"]["replicated"]["replicas"] == now_inputs["mode"]["replicated"]["replicas"] == 3
    assert now["labels"] == [{"label": "who", "value": "by hand"}]
    changed = bench.docker.diff(SERVICE, made, inputs, now, inputs)
    assert changed.changed == ("labels", "mode", "rollbackConfig", "taskSpec", "updateConfig")
    assert changed.replaces == ()


def test_what_is_gone_reads_as_none_and_deletes_without_complaint(bench: Bench) -> None:
    for type in bench.docker.types:
        assert bench.docker.read(type, "nosuchthing0000000000000", {}, {"id": "x"}) is None
        bench.docker.delete(type, "nosuchthing0000000000000", {}, silent)


def test_a_deleted_service_has_stopped_so_its_volume_and_network_can_go(bench: Bench, image: str) -> None:
    net, _, _ = network(bench, third=4)
    _, volume, _ = bench.make(VOLUME, "data")
    asked = spec(image, command="trap 'sleep 2; exit' TERM; sleep infinity & wait")
    asked["taskSpec"]["networksAdvanceds"] = [{"id": net}]
    asked["taskSpec"]["containerSpec"]["mounts"] = [{"type": "volume", "source": volume["name"], "target": "/data"}]
    bench.make(SERVICE, "svc", **asked)
    while bench.made:
        type, made, outputs = bench.made.pop()
        bench.docker.delete(type, made, outputs, silent)
        assert bench.docker.read(type, made, {}, outputs) is None


def test_a_secret_in_use_is_not_deleted(bench: Bench, image: str) -> None:
    made, inputs, _ = bench.make(SECRET, "used", data=b64encode(b"one").decode())
    secrets = [{"secretId": made, "secretName": inputs["name"], "fileName": "/run/secrets/a"}]
    bench.make(SERVICE, "svc", **spec(image, secrets=secrets))
    with pytest.raises(ProviderError, match="is in use by the following service"):
        bench.docker.delete(SECRET, made, {}, silent)


def test_three_hundred_objects_are_created_and_deleted_in_parallel(bench: Bench) -> None:
    data = b64encode(b"many").decode()

    def make(number: int) -> None:
        if number % 2:
            bench.make(SECRET, f"many-{number}", data=data)
        else:
            bench.make(CONFIG, f"many-{number}", data=data)

    def unmake(item: tuple[str, str, dict[str, Any]]) -> None:
        type, made, outputs = item
        bench.docker.delete(type, made, outputs, silent)

    began = time.monotonic()
    with ThreadPoolExecutor(32) as workers:
        list(workers.map(make, range(300)))
        assert len({made for _, made, _ in bench.made}) == 300
        list(workers.map(unmake, bench.made))
    bench.made.clear()
    assert time.monotonic() - began < 60


def test_an_engine_that_cannot_be_reached_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(ProviderError, match=r"engine at unix:///nowhere/docker\.sock") as failure:
        Docker().create(VOLUME, {"name": "dk-test-none"}, silent)
    assert "\n" not in str(failure.value)
