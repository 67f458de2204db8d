"""A system is valid when it exists: everything that is wrong with it is an error that names where."""

import pytest
from pydantic import ValidationError

from diagram import Alerting, Cache, Database, Edge, Egress, Exporter, Forward, Gateway, Monitor, Protocol, Zone
from tests.diagram.build import edge, fault, gateway, service, system


def postgres(**fields: object) -> Database:
    return Database.model_validate({"name": "postgres", "image": "postgres", "database": "things", **fields})


def test_a_link_follows_from_each_use() -> None:
    agent = service("agent", port=8001)
    built = system(service("api", agent), agent)
    (link,) = built.links
    assert (link.name, link.caller, link.callee) == ("api-to-agent", "api", "agent")
    assert (link.protocol, link.port, link.is_authenticated) == (Protocol.http, 8001, True)


def test_a_callee_may_be_named_by_a_string() -> None:
    assert [link.name for link in system(service("api", "agent"), service("agent")).links] == ["api-to-agent"]


def test_both_ends_know_their_links() -> None:
    agent, api = service("agent"), service("api", "agent")
    built = system(api, agent)
    assert built.callers(agent) == built.callees(api) == built.links
    assert built.callers(api) == built.callees(agent) == ()


def test_what_a_caller_may_do_travels_with_its_link() -> None:
    redis = Cache(name="redis", image="redis")
    egress = Egress(name="egress", image="egress")
    built = system(
        service("api", redis.keys("~api:*"), postgres().role("pg_monitor"), egress.to("example.org")),
        redis, postgres(), egress,
    )  # fmt: skip
    granted = [link.keys or link.roles or link.hosts for link in built.links]
    assert granted == [("~api:*",), ("pg_monitor",), ("example.org",)]


def test_the_edge_passes_the_clients_tls_to_the_gateway_of_the_system() -> None:
    api = service("api")
    front = gateway(api)
    passthrough = system(edge(front), front, api).links[0]
    assert (passthrough.protocol, passthrough.port) == (Protocol.passthrough, Gateway.https_port)
    assert not passthrough.is_authenticated


def test_an_exporter_reads_the_gateways_status_by_certificate() -> None:
    front = gateway(service("api"))
    exporter = Exporter(name="nginx-exporter", image="x", port=9113, uses=(front,))
    link = next(link for link in system(front, service("api"), exporter).links if link.caller == "nginx-exporter")
    assert (link.port, link.is_authenticated) == (9443, True)


def test_the_monitor_scrapes_whatever_has_metrics_and_a_port() -> None:
    alerting = Alerting(name="alertmanager", image="x")
    monitor = Monitor(name="prometheus", image="x", alerting=alerting)
    silent, closed = service("silent", metrics=None), service("closed", port=None)
    built = system(service("api"), silent, closed, monitor, alerting)
    assert [link.callee for link in built.callees(monitor)] == ["alertmanager", "api"]


def test_the_monitor_reads_its_own_metrics_without_a_link() -> None:
    assert system(Monitor(name="prometheus", image="x", metrics="/metrics")).links == ()


def test_two_services_of_one_name_are_refused() -> None:
    assert fault(service("api"), service("api"), service("agent")) == "services: api appears twice"


@pytest.mark.parametrize("name", ["", "Api", "api_1", "-api", "api-", "a--b", "1api", "a" * 31, "api.test"])
def test_a_name_is_a_dns_label(name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        service(name)


def test_an_unknown_name_is_refused() -> None:
    assert fault(service("api", "agnet"), service("agent")) == "api.uses: no service is called 'agnet'"


def test_a_service_that_is_used_but_not_in_the_system_is_refused() -> None:
    assert fault(service("api", service("agent"))) == "api.uses: no service is called 'agent'"


def test_an_edge_whose_gateway_is_not_in_the_system_is_refused() -> None:
    api = service("api")
    assert fault(edge(gateway(api)), api) == "edge.uses: no service is called 'gateway'"


def test_a_monitor_whose_alerting_is_not_in_the_system_is_refused() -> None:
    monitor = Monitor(name="prometheus", image="x", alerting=Alerting(name="alertmanager", image="x"))
    assert fault(monitor) == "prometheus.uses: no service is called 'alertmanager'"


def test_a_second_link_between_the_same_two_is_refused() -> None:
    agent = service("agent")
    assert fault(service("api", agent, "agent"), agent) == "api.uses: agent appears twice"


def test_a_cycle_is_refused_in_the_direction_of_the_calls() -> None:
    found = fault(service("a", "b"), service("b", "c"), service("c", "a"))
    assert found in {f"links: a cycle: {' -> '.join(path)}" for path in ("abca", "bcab", "cabc")}


def test_a_service_that_calls_itself_is_a_cycle() -> None:
    assert fault(service("a", "a")) == "links: a cycle: a -> a"


def test_a_callee_without_a_port_is_refused() -> None:
    assert fault(service("api", "beat"), service("beat", port=None)).startswith("api.uses: beat has no port")


@pytest.mark.parametrize(
    ("caller", "callee"),
    [
        (Zone.dmz, Zone.data),
        (Zone.dmz, Zone.monitoring),
        (Zone.applications, Zone.monitoring),
        (Zone.data, Zone.data),
        (Zone.data, Zone.applications),
        (Zone.data, Zone.dmz),
        (Zone.data, Zone.monitoring),
    ],
)
def test_the_zone_table_refuses(caller: Zone, callee: Zone) -> None:
    found = fault(service("one", "two", zone=caller), service("two", zone=callee))
    assert found.startswith(f"one.uses: two is in {callee}; the zone {caller} may call ")


@pytest.mark.parametrize(
    ("caller", "callee"),
    [
        (Zone.dmz, Zone.applications),
        (Zone.applications, Zone.applications),
        (Zone.applications, Zone.data),
        *((Zone.monitoring, zone) for zone in Zone),
    ],
)
def test_the_zone_table_allows(caller: Zone, callee: Zone) -> None:
    assert len(system(service("one", "two", zone=caller), service("two", zone=callee)).links) == 1


def test_an_application_calls_nothing_in_the_dmz_but_what_leads_out() -> None:
    api, front = service("api", "gateway"), gateway(service("other"))
    assert fault(api, front, service("other")) == "api.uses: gateway is in the dmz and leads nowhere out"
    forward = Forward(name="mail", image="front", host="smtp.example.org", host_port=587, port=2525)
    assert system(service("api", forward), forward).links[0].protocol is Protocol.tcp


def test_a_gateway_has_no_route_out() -> None:
    egress = Egress(name="egress", image="egress")
    found = fault(gateway(service("api"), uses=(egress.to("example.org"),)), service("api"), egress)
    assert found == "gateway.uses: in the dmz only an edge may call, and only its gateway"


def test_an_edge_has_no_other_link_and_no_secret() -> None:
    with pytest.raises(ValidationError, match="an edge calls its gateway only"):
        edge(gateway(service("api")), uses=("api",))
    with pytest.raises(ValidationError, match="reads no secret"):
        edge(gateway(service("api")), secrets=({"name": "key"},))


def test_a_permission_that_the_callee_cannot_grant_is_refused() -> None:
    use = {"target": "postgres", "keys": ("~api:*",)}
    assert fault(service("api", use), postgres()) == "api.uses: postgres is a database, and has no keys to grant"


def test_an_egress_leads_only_to_named_hosts() -> None:
    found = fault(service("api", "egress"), Egress(name="egress", image="egress"))
    assert found == "api.uses: egress leads only to named hosts: name them"


@pytest.mark.parametrize("host", ["https://example.org", "*.example.org", "example.org:443", "a b", "", "Example.org"])
def test_a_host_is_a_plain_dns_name(host: str) -> None:
    with pytest.raises(ValidationError, match="hosts"):
        Egress(name="egress", image="egress").to(host)


@pytest.mark.parametrize("rule", [">password", "#" + "0" * 64, "~a b", "nopass", "~a\n+@all", ""])
def test_a_redis_permission_is_one_rule_and_never_a_password(rule: str) -> None:
    with pytest.raises(ValidationError, match="keys"):
        Cache(name="redis", image="redis").keys(rule)


@pytest.mark.parametrize("role", ["pg_monitor; DROP TABLE users", "Admin", "", "a-b"])
def test_a_database_role_is_a_plain_identifier(role: str) -> None:
    with pytest.raises(ValidationError, match="roles"):
        postgres().role(role)


def test_what_keeps_data_runs_once() -> None:
    with pytest.raises(ValidationError, match=r"postgres\.replicas: 1 is accepted"):
        postgres(replicas=2)


def test_a_path_is_routed_once() -> None:
    api = service("api")
    with pytest.raises(ValidationError, match="routes: /api/ appears twice"):
        gateway(api, api)


@pytest.mark.parametrize("path", ["api", "", "/a b", "/api; return 200", "/{}"])
def test_a_path_is_a_plain_path(path: str) -> None:
    with pytest.raises(ValidationError, match="path"):
        gateway(service("api"), routes=({"path": path, "to": service("api"), "rate": 1, "burst": 0},))


def test_two_routes_to_one_service_are_one_link() -> None:
    api = service("api")
    routes = tuple({"path": path, "to": api, "rate": 1, "burst": 0} for path in ("/a", "/b"))
    assert [link.name for link in system(gateway(routes=routes), api).links] == ["gateway-to-api"]


def test_a_secret_is_named_once() -> None:
    with pytest.raises(ValidationError, match=r"api\.secrets: key appears twice"):
        service("api", secrets=({"name": "key"}, {"name": "key"}))


def test_the_system_reads_the_keys_that_its_services_name() -> None:
    api = service("api", secrets=({"name": "own"}, {"name": "theirs", "config": "theirKey"}))
    assert system(api).third_party_keys == ["theirKey"]
    assert system(gateway(api, certificate="given"), api).third_party_keys == [
        "gatewayCertificate", "gatewayKey", "theirKey",
    ]  # fmt: skip


def test_a_service_that_joins_many_networks_is_worth_a_warning() -> None:
    callees = [service(f"callee-{n}") for n in range(17)]
    assert list(system(*callees, service("api", *callees)).warnings()) == [
        "api: joins 17 networks, so its tasks take about 7 s to start"
    ]
    assert not list(system(*callees[1:], service("api", *callees[1:])).warnings())


def test_a_description_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        service("api").port = 1


def test_errors_never_repeat_the_input() -> None:
    with pytest.raises(ValidationError) as caught:
        service("api", replicas="hunter2", secrets=("hunter2",), password="hunter2")
    assert "hunter2" not in str(caught.value)


def test_edge_is_one_of_two_ways_to_the_outside() -> None:
    api, egress = service("api"), Egress(name="egress", image="egress")
    front = gateway(api)
    outer = edge(front)
    built = system(outer, front, api, egress)
    assert {name for name in built.networks if name.endswith("-way-out")} == {"edge-way-out", "egress-way-out"}
    assert isinstance(built.networks["edge-way-out"][0], Edge)
