"""What follows from a link to an object store."""

import json
from typing import Any

import pytest

from components import Platform
from components.text import minio
from diagram import Generation, Link, Monitor, ObjectStore, Protocol, Service, System
from tests.components.recorder import Recorder, record
from tests.components.test_pooler import environment, text_of

IMAGE = "rempart/any:sha256-" + "0" * 64


def files() -> System:
    store = ObjectStore(name="store", image=IMAGE, bucket="uploads")
    api = Service(name="api", image=IMAGE, port=8000, uses=(store.prefix("invoices/"),))
    monitor = Monitor(name="monitor", image=IMAGE)
    return System(name="shop", services=(store, api, monitor), generation=Generation(current=2, previous=1))


@pytest.fixture(scope="module")
def deployed() -> Recorder:
    return record(lambda: Platform("shop", files()))


def spec_of(deployed: Recorder, service: str) -> dict[str, Any]:
    return dict(deployed.of("docker:Service")[f"shop-{service}-service"]["taskSpec"])


def files_of(deployed: Recorder, service: str) -> set[str]:
    spec = deployed.of("docker:Service")[f"shop-{service}-service"]["taskSpec"]["containerSpec"]
    return {file["fileName"].removeprefix("/run/secrets/") for file in spec["secrets"]}


def test_a_caller_is_given_its_own_key_and_certificate(deployed: Recorder) -> None:
    env = environment(deployed, "api")
    assert env["STORE_URL"] == "https://store:9000"
    assert (env["STORE_USER"], env["STORE_BUCKET"]) == ("api_g2", "uploads")
    assert {"store.pem", "store.pem.key", "store.password", "root.pem"} <= files_of(deployed, "api")


def test_only_the_store_and_its_keeper_hold_the_root_password(deployed: Recorder) -> None:
    assert files_of(deployed, "store") == {"root.password"}
    identity = {"server.pem", "server.pem.key", "callers.pem"}
    assert files_of(deployed, "store-keeper") == {"root.password", "grants.json", *identity}
    assert "root.password" not in files_of(deployed, "api") | files_of(deployed, "monitor")


def test_each_login_has_its_callers_policy_and_no_more(deployed: Recorder) -> None:
    grants = json.loads(text_of(deployed, "store-keeper-grants", "docker:Secret"))
    assert {login: user["policy"] for login, user in grants["users"].items()} == {"api_g1": "api", "api_g2": "api"}
    (policy,) = grants["policies"].values()
    *_, listing, objects = policy["Statement"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["invoices/*"]}}
    assert objects["Resource"] == ["arn:aws:s3:::uploads/invoices/*"]
    assert not any("*" in action for statement in policy["Statement"] for action in statement["Action"])


def test_the_monitor_reads_figures_without_a_key(deployed: Recorder) -> None:
    assert "store.password" not in files_of(deployed, "monitor")
    front = text_of(deployed, "store-config-haproxy-cfg")
    assert "http-request deny if reader !{ path -m str /minio/v2/metrics/cluster }" in front


def test_the_front_lets_each_certificate_use_its_own_key_only() -> None:
    text = minio.front(ObjectStore(name="store", image=IMAGE, bucket="uploads"), ["api", "worker"], [])
    assert "acl caller ssl_c_s_dn(cn) -m reg ^(api|worker)_g[0-9]+$" in text
    assert "http-request deny unless reader or { var(txn.signer),strcmp(txn.caller) eq 0 }" in text
    assert "acl reader always_false" in text


def test_a_rotation_leaves_the_store_as_it_is(deployed: Recorder) -> None:
    """Its keeper brings what is new: a store has one task, which could not be replaced without a gap."""
    again = record(
        lambda: Platform("shop", files().model_copy(update={"generation": Generation(current=3, previous=2)}))
    )
    assert spec_of(again, "store") == spec_of(deployed, "store")
    assert text_of(again, "store-config-haproxy-cfg") == text_of(deployed, "store-config-haproxy-cfg")
    given = ("store-keeper-grants", "docker:Secret")
    assert set(json.loads(text_of(again, *given))["users"]) == {"api_g2", "api_g3"}


def test_nobody_is_let_at_the_whole_bucket() -> None:
    store = ObjectStore(name="store", image=IMAGE, bucket="uploads")
    with pytest.raises(ValueError, match=r"api.uses: store lets nobody at everything: name a prefix"):
        System(name="shop", services=(store, Service(name="api", image=IMAGE, uses=(store,))))
    with pytest.raises(ValueError, match="prefixes"):
        store.prefix("")
    assert Link(caller="a", callee="b", protocol=Protocol.s3, port=1, prefixes=("a/b/",)).prefixes == ("a/b/",)
