"""What MongoDB's replica set becomes. Nothing here runs MongoDB: its image was in no reach."""

import json
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from components import Platform
from components.text import mongodb
from diagram import DocumentStore, Exporter, Generation, Service, System
from tests.components.recorder import Recorder, record

OURS = "rempart/any:sha256-" + "0" * 64
OFFICIAL = "registry.example/mongo@sha256:" + "0" * 64
PARTS = ("1", "2", "3")


def store(**changes: Any) -> DocumentStore:
    return DocumentStore(**{"name": "mongodb", "image": OFFICIAL, "database": "checkin", **changes})


def system(**changes: Any) -> System:
    documents = store()
    backend = Service(name="backend", image=OURS, port=3001, uses=(documents.grants("readWrite"),))
    watcher = Exporter(name="watcher", image=OURS, port=9216, uses=(documents.grants("clusterMonitor@admin"),))
    return System(name="shop", services=(documents, backend, watcher), **changes)


@pytest.fixture(scope="module")
def deployed() -> Recorder:
    return record(lambda: Platform("shop", system()))


def task(recorder: Recorder, part: str) -> dict[str, Any]:
    spec: dict[str, Any] = recorder.of("docker:Service")[f"shop-mongodb-{part}-service"]["taskSpec"]
    return spec


def files(recorder: Recorder, part: str) -> set[str]:
    return {it["fileName"].rpartition("/")[2] for it in task(recorder, part)["containerSpec"]["secrets"]}


def test_there_are_three_members_with_a_volume_each_and_one_keeper(deployed: Recorder) -> None:
    services = {name for name in deployed.of("docker:Service") if "mongodb" in name}
    assert services == {f"shop-mongodb-{part}-service" for part in (*PARTS, "keeper")}
    volumes = {name: it for name, it in deployed.of("docker:Volume").items() if "mongodb" in name}
    assert set(volumes) == {f"shop-mongodb-{part}-data" for part in PARTS}
    assert {it["labels"][0]["value"] for it in volumes.values()} == {"20G"}


def test_members_are_made_one_after_another_and_the_keeper_last(deployed: Recorder) -> None:
    made = [it.name for it in deployed.resources if it.type.endswith(":Service") and "mongodb" in it.name]
    assert [name for name in made if name.endswith("-service")] == [
        f"shop-mongodb-{part}-service" for part in (*PARTS, "keeper")
    ]


def test_every_member_answers_by_its_own_name_to_each_caller_and_to_the_others(deployed: Recorder) -> None:
    for part in PARTS:
        networks = task(deployed, part)["networksAdvanceds"]
        assert {alias for it in networks for alias in it["aliases"]} == {f"mongodb-{part}"}
        joined = {it["id"].removeprefix("shop-").removesuffix("-id") for it in networks}
        assert joined == {"mongodb-members", "backend-to-mongodb-network", "watcher-to-mongodb-network"}


def test_the_keeper_joins_the_members_network_only_and_answers_to_nobody(deployed: Recorder) -> None:
    (network,) = task(deployed, "keeper")["networksAdvanceds"]
    assert (network["id"], network.get("aliases")) == ("shop-mongodb-members-id", None)


def test_a_member_holds_its_certificates_and_the_key_file_and_no_password(deployed: Recorder) -> None:
    held = {"root.pem", "callers.pem", "server.pem", "member.pem", "member.key"}
    assert {frozenset(files(deployed, part)) for part in PARTS} == {frozenset(held)}
    assert files(deployed, "keeper") == {"root.pem", "member.pem", "member.key", "users.json"}


def test_what_belongs_to_the_official_image_runs_and_reads_as_its_user(deployed: Recorder) -> None:
    for part in (*PARTS, "keeper"):
        container = task(deployed, part)["containerSpec"]
        assert container["user"] == "999:999"
        assert {(it["fileUid"], it["fileMode"]) for it in container["secrets"]} == {("999", 0o400)}


def test_no_password_stands_in_an_argument_a_variable_or_a_configuration(deployed: Recorder) -> None:
    for part in (*PARTS, "keeper"):
        container = task(deployed, part)["containerSpec"]
        assert "the password" not in json.dumps([container["args"], container["env"], container["healthcheck"]])
    assert "the password" not in deployed.text("shop-mongodb-keeper-script")


def test_a_caller_finds_all_members_by_verified_tls_with_one_file_for_its_certificate(deployed: Recorder) -> None:
    env = deployed.of("docker:Service")["shop-backend-service"]["taskSpec"]["containerSpec"]["env"]
    assert env["MONGODB_URL"] == (
        "mongodb://backend_g1@mongodb-1:27017,mongodb-2:27017,mongodb-3:27017/checkin?replicaSet=mongodb"
        "&authSource=admin&authMechanism=SCRAM-SHA-256&w=majority"
        "&tls=true&tlsCAFile=/run/secrets/root.pem&tlsCertificateKeyFile=/run/secrets/mongodb.pem"
    )
    assert env["MONGODB_PASSWORD_FILE"] == "/run/secrets/mongodb.password"
    assert "shop-backend-to-mongodb-g1-pem-key" not in deployed.of("docker:Secret")


def test_the_server_takes_tls_13_with_a_callers_certificate_and_knows_members_by_the_key_file() -> None:
    conf = yaml.safe_load(mongodb.settings(store()))
    tls = conf["net"]["tls"]
    assert tls["mode"] == "requireTLS"
    assert tls["disabledProtocols"] == "TLS1_0,TLS1_1,TLS1_2"
    assert tls["allowConnectionsWithoutCertificates"] is False
    assert (tls["clusterCAFile"], tls["CAFile"]) == ("/run/secrets/callers.pem", "/run/secrets/root.pem")
    assert conf["security"] == {
        "authorization": "enabled", "keyFile": "/run/secrets/member.key", "javascriptEnabled": False,
    }  # fmt: skip
    assert conf["replication"]["replSetName"] == "mongodb"
    assert conf["storage"]["wiredTiger"]["engineConfig"]["cacheSizeGB"] == 0.25


def test_each_caller_has_a_user_with_the_rights_of_its_link_and_no_other() -> None:
    links = list(system().links)
    made = json.loads(mongodb.users(store(), links, {"backend_g1": "a", "backend_g2": "b", "watcher_g1": "c"}))
    assert {it["user"]: it["roles"] for it in made} == {
        "backend_g1": [{"role": "readWrite", "db": "checkin"}],
        "backend_g2": [{"role": "readWrite", "db": "checkin"}],
        "watcher_g1": [{"role": "clusterMonitor", "db": "admin"}],
    }
    assert {tuple(it["mechanisms"]) for it in made} == {("SCRAM-SHA-256",)}


def test_the_keeper_names_the_members_of_the_diagram() -> None:
    script = mongodb.keeper(store(members=5))
    assert all(f'"host": "mongodb-{number}:27017"' in script for number in range(1, 6))
    assert "tls=true" in script


def test_a_rotation_has_both_generations_as_users() -> None:
    deployed = record(lambda: Platform("shop", system(generation=Generation(current=2, previous=1))))
    words = {name for name in deployed.of("random:RandomPassword") if "backend" in name}
    assert words == {"shop-backend-to-mongodb-password-g1", "shop-backend-to-mongodb-password-g2"}


@pytest.mark.parametrize("image", ["mongo:7", "mongo", "mongo@sha256:123", "rempart/mongodb:sha256-" + "0" * 64])
def test_an_image_without_a_digest_is_refused(image: str) -> None:
    with pytest.raises(ValidationError, match=r"mongodb\.image: must be named by its digest"):
        store(image=image)


@pytest.mark.parametrize("members", [1, 2, 4, 9])
def test_a_set_that_cannot_lose_a_member_is_refused(members: int) -> None:
    with pytest.raises(ValidationError, match=r"mongodb\.members: accepted are 3, 5, 7"):
        store(members=members)


def test_a_caller_without_a_right_is_refused() -> None:
    backend = Service(name="backend", image=OURS, port=3001, uses=(store(),))
    with pytest.raises(ValidationError, match=r"backend\.uses: mongodb grants nothing by itself: name rights"):
        System(name="shop", services=(store(), backend))
