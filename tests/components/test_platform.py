"""What a system becomes."""

import re
from ipaddress import ip_network
from typing import Any

import pulumi
import pytest

from components import Platform
from components.task import written
from diagram import Cache, Database, Edge, Egress, Forward, Gateway, Generation, Route, Secret, Service, System
from tests.components.recorder import Recorder, record

IMAGE = "rempart/any:sha256-" + "0" * 64


def shop(**changes: Any) -> System:
    database = Database(name="orders-db", image=IMAGE, database="orders")
    cache = Cache(name="sessions", image=IMAGE)
    egress = Egress(name="egress", image=IMAGE)
    mail = Forward(name="mail", image=IMAGE, port=2525, host="mail.example", host_port=25)
    catalog = Service(name="catalog", image=IMAGE, port=8001)
    key = Secret(name="signing-key")
    paying = Secret(name="paying-key", config="payingKey")
    orders = Service(
        name="orders", image=IMAGE, port=8000, replicas=2, secrets=(key, paying),
        uses=(database, cache.keys("~orders:*"), catalog, egress.to("pay.example"), mail),
    )  # fmt: skip
    gateway = Gateway(name="gateway", image=IMAGE, routes=(Route(path="/orders/", to=orders, rate=5, burst=5),))
    edge = Edge(name="edge", image=IMAGE, gateway=gateway)
    services = (edge, gateway, orders, catalog, database, cache, egress, mail)
    return System(name="shop", services=services, **changes)


@pytest.fixture(scope="module")
def deployed() -> Recorder:
    return record(lambda: Platform("shop", shop()))


def specification(recorder: Recorder, service: str) -> dict[str, Any]:
    spec: dict[str, Any] = recorder.of("docker:Service")[f"shop-{service}-service"]["taskSpec"]
    return spec


def networks_of(recorder: Recorder, service: str) -> set[str]:
    return {network["id"] for network in specification(recorder, service)["networksAdvanceds"]}


def files_of(recorder: Recorder, service: str) -> set[str]:
    return {file["fileName"] for file in specification(recorder, service)["containerSpec"]["secrets"]}


def test_only_linked_services_share_a_network(deployed: Recorder) -> None:
    linked = {frozenset((link.caller, link.callee)) for link in shop().links}
    names = [service.name for service in shop().services]
    for one in names:
        for other in names:
            shared = networks_of(deployed, one) & networks_of(deployed, other)
            assert one == other or bool(shared) == (frozenset((one, other)) in linked), (one, other, shared)


def test_a_callee_answers_by_its_name_only_where_it_is_called(deployed: Recorder) -> None:
    for network in specification(deployed, "catalog")["networksAdvanceds"]:
        assert network["aliases"] == ["catalog"]
    gateway = specification(deployed, "gateway")["networksAdvanceds"]
    assert [network.get("aliases") for network in gateway] == [["gateway"], None]


def test_only_the_ways_out_have_a_network_that_leads_out(deployed: Recorder) -> None:
    leads_out = {name for name, network in deployed.of("docker:Network").items() if not network["internal"]}
    assert leads_out == {"shop-edge-way-out", "shop-egress-way-out", "shop-mail-way-out"}


def test_only_the_edge_publishes_ports(deployed: Recorder) -> None:
    publishing = {name for name, it in deployed.of("docker:Service").items() if it["endpointSpec"].get("ports")}
    assert publishing == {"shop-edge-service"}


def test_every_network_has_a_subnet_of_its_own(deployed: Recorder) -> None:
    subnets = [ip_network(it["ipamConfigs"][0]["subnet"]) for it in deployed.of("docker:Network").values()]
    assert len(subnets) == len(set(subnets)) == len(shop().subnets)


def test_a_caller_holds_its_own_certificate_and_the_root_and_nothing_of_others(deployed: Recorder) -> None:
    front = {"front.pem", "front.pem.key", "callers.pem"}
    clients = {
        f"{callee}.pem{end}"
        for callee in ("orders-db", "sessions", "catalog", "egress", "mail")
        for end in ("", ".key")
    }
    words = {"orders-db.password", "sessions.password"}
    expected = front | clients | words | {"root.pem", "signing-key"}
    assert files_of(deployed, "orders") == {f"/run/secrets/{file}" for file in expected}


def test_a_stateful_service_mounts_no_secret_because_its_keeper_does(deployed: Recorder) -> None:
    assert files_of(deployed, "orders-db") == set()
    keeper = {"server.pem", "server.pem.key", "callers.pem", "roles.sql"}
    assert files_of(deployed, "orders-db-keeper") == {f"/run/secrets/{file}" for file in keeper}


def test_the_edge_holds_no_secret_at_all(deployed: Recorder) -> None:
    assert files_of(deployed, "edge") == set()


def test_secrets_are_readable_by_the_service_user_alone(deployed: Recorder) -> None:
    for service in deployed.of("docker:Service").values():
        for file in service["taskSpec"]["containerSpec"]["secrets"]:
            assert (file["fileMode"], file["fileUid"], file["fileGid"]) == (0o400, "10001", "10001")


def test_a_third_partys_secret_is_mounted_only_when_it_is_given() -> None:
    with_key = record(lambda: Platform("shop", shop(), secrets={"payingKey": pulumi.Output.secret("k")}))
    assert "/run/secrets/paying-key" in files_of(with_key, "orders")
    env = specification(with_key, "orders")["containerSpec"]["env"]
    assert env["PAYING_KEY_FILE"] == "/run/secrets/paying-key"


def test_each_callee_has_an_authority_of_its_own(deployed: Recorder) -> None:
    authorities = set(deployed.of("rempart:Authority"))
    callees = {link.callee for link in shop().links if link.is_authenticated}
    assert authorities == {"shop-root"} | {f"shop-{callee}-callers" for callee in callees}


def test_no_authoritys_key_is_mounted(deployed: Recorder) -> None:
    keys = {name for name in deployed.of("docker:Secret") if "callers-key" in name or "root-key" in name}
    assert keys == set()


def test_leaves_live_ninety_days_and_renew_between_day_45_and_75(deployed: Recorder) -> None:
    for certificate in deployed.of("tls:LocallySignedCert").values():
        assert certificate["validityPeriodHours"] == 2160
        assert 45 <= (2160 - certificate["earlyRenewalHours"]) / 24 <= 75


def test_during_a_rotation_both_generations_are_accepted_and_the_new_one_is_used() -> None:
    deployed = record(lambda: Platform("shop", shop(generation=Generation(current=2, previous=1))))
    assert {"shop-orders-to-orders-db-password-g1", "shop-orders-to-orders-db-password-g2"} <= set(
        deployed.of("random:RandomPassword")
    )
    env = specification(deployed, "orders")["containerSpec"]["env"]
    assert env["ORDERS_DB_URL"].startswith("postgresql://orders_g2@")
    mounted = {file["secretId"] for file in specification(deployed, "orders")["containerSpec"]["secrets"]}
    assert "shop-orders-to-orders-db-g2-word-id" in mounted
    assert "shop-orders-to-orders-db-g1-word-id" not in mounted


def test_a_new_link_moves_no_other_network() -> None:
    before = shop().subnets
    extra = Service(name="extra", image=IMAGE, port=9000)
    after = System(name="shop", services=(*shop().services, extra)).subnets
    assert {name: after[name] for name in before} == before


def test_everything_is_named_for_its_parent(deployed: Recorder) -> None:
    assert all(it.name == "shop" or it.name.startswith("shop-") for it in deployed.resources if "pulumi" not in it.type)


def test_two_platforms_fit_in_one_program() -> None:
    def program() -> None:
        Platform("one", shop())
        Platform("two", shop())

    names = [(it.type, it.name) for it in record(program).resources]
    assert len(names) == len(set(names))


def test_stateful_services_and_the_edge_never_run_twice(deployed: Recorder) -> None:
    order = {name: it["updateConfig"]["order"] for name, it in deployed.of("docker:Service").items()}
    single = {"shop-edge-service", *(f"shop-{it}-service" for it in ("orders-db", "sessions"))}
    single |= {"shop-orders-db-keeper-service", "shop-sessions-keeper-service"}
    assert {name for name, it in order.items() if it == "stop-first"} == single


def test_every_service_is_hardened(deployed: Recorder) -> None:
    for service in deployed.of("docker:Service").values():
        container = service["taskSpec"]["containerSpec"]
        assert container["readOnly"] is True
        assert container["capDrops"] == ["ALL"]
        assert container["user"] == "10001:10001"
        assert container["init"] is True
        assert service["taskSpec"]["resources"]["limits"]["memoryBytes"] > 0


def test_a_service_is_asked_each_second_until_it_is_well_and_watched_for_three_intervals(deployed: Recorder) -> None:
    service = deployed.of("docker:Service")["shop-catalog-service"]
    check = service["taskSpec"]["containerSpec"]["healthcheck"]
    assert (check["tests"][:3], check["interval"], check["retries"]) == (["CMD", "well", "5"], "1s", 3)
    assert service["updateConfig"]["monitor"] == service["rollbackConfig"]["monitor"] == "17s"


def test_no_service_differs_from_what_the_plugin_reads_back(deployed: Recorder) -> None:
    """It writes a minute as 1m, and a mode without its sticky bit."""
    for service in deployed.of("docker:Service").values():
        container = service["taskSpec"]["containerSpec"]
        check, rollout = container["healthcheck"], service["updateConfig"]
        durations = [container["stopGracePeriod"], check["interval"], check["timeout"], check["startPeriod"]]
        for duration in (*durations, rollout["monitor"], rollout["delay"]):
            assert re.fullmatch(
                r"0s|([1-9]\d*h)?([1-5]?[1-9]m|[1-5]0m|(?<=h)0m(?=\d))?([1-5]?[1-9]s|[1-5]0s)?", duration
            )
        assert all(mount.get("tmpfsOptions", {}).get("mode", 0) <= 0o777 for mount in container["mounts"])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59, "59s"), (60, "1m"), (90, "1m30s"), (600, "10m"), (3600, "1h"), (3605, "1h0m5s")],
)
def test_a_duration_is_written_as_the_plugin_reads_it(seconds: int, text: str) -> None:
    assert written(seconds) == text


def test_an_encryption_key_stays_when_a_new_generation_comes() -> None:
    """What was encrypted with the first key has to open after the third rotation."""
    sealed = Secret(name="sealing-key", keeps_old=True)
    only = Service(name="only", image=IMAGE, secrets=(sealed, Secret(name="signing-key")))
    system = System(name="shop", services=(only,), generation=Generation(current=3, previous=2))
    made = set(record(lambda: Platform("shop", system)).of("random:RandomBytes"))
    assert made == {f"shop-sealing-key-g{n}" for n in (1, 2, 3)} | {f"shop-signing-key-g{n}" for n in (2, 3)}


def test_what_waits_for_its_callees_is_made_after_them_and_their_keepers(deployed: Recorder) -> None:
    made = [
        it.name.removeprefix("shop-").removesuffix("-service") for it in deployed.resources if "service:S" in it.type
    ]
    awaited = {link.callee for link in shop().links if link.caller == "orders"}
    keepers = {f"{callee}-keeper" for callee in awaited} & set(made)
    assert len(keepers) == 2
    assert made.index("orders") > max(made.index(name) for name in awaited | keepers)


def test_a_service_with_a_role_runs_with_its_keeper_on_the_nodes_of_that_role() -> None:
    database = Database(name="db", image=IMAGE, database="shop", runs_on="database")
    api = Service(name="api", image=IMAGE, port=8000, uses=(database,))
    deployed = record(lambda: Platform("shop", System(name="shop", services=(database, api))))
    for name in ("db", "db-keeper"):
        assert specification(deployed, name)["placement"] == {"constraints": ["node.labels.rempart.database == yes"]}
    assert "placement" not in specification(deployed, "api")
