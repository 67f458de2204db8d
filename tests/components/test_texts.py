"""The configurations that the components write."""

import base64
import hashlib
import hmac
from ipaddress import IPv4Network
from typing import Any
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from components.text import haproxy, pgbouncer, postgres, redis, squid
from diagram import Balancer, Cache, Database, Edge, Egress, Gateway, Link, Pooler, Protocol, Proxy, Route, Service

IMAGE = "rempart/any:sha256-" + "0" * 64
API = Service(name="api", image=IMAGE, port=8000)


def link(caller: str, callee: str, protocol: Protocol = Protocol.http, **more: Any) -> Link:
    return Link(caller=caller, callee=callee, protocol=protocol, port=8000, **more)


def test_a_front_admits_declared_callers_only_and_says_who_calls() -> None:
    text = haproxy.front(API, [link("gateway", "api"), link("prometheus", "api")], [])
    assert "http-request reject unless { ssl_c_s_dn(cn) -m str gateway prometheus }" in text
    assert "http-request set-header X-Rempart-Caller %[ssl_c_s_dn(cn)]" in text
    assert "verify required" in text


def test_a_service_that_nobody_calls_and_that_goes_nowhere_has_no_front() -> None:
    assert haproxy.front(API, [], [link("api", "other")]) == ""


def test_a_way_out_is_a_loopback_listener_with_the_callers_certificate() -> None:
    text = haproxy.front(API, [], [link("api", "egress", Protocol.proxy)])
    assert "bind 127.0.0.1:8000" in text
    assert "crt /run/secrets/egress.pem ca-file /run/secrets/root.pem verify required verifyhost egress" in text


def test_the_edge_tells_the_gateway_who_the_client_is() -> None:
    gateway = Gateway(name="gateway", image=IMAGE, routes=(Route(path="/", to=API, rate=1, burst=1),))
    text = haproxy.edge(Edge(name="edge", image=IMAGE, gateway=gateway))
    assert text.count("send-proxy-v2") == 2
    assert " ssl " not in text.replace("ssl-", "")


def test_egress_grants_each_caller_its_own_hosts() -> None:
    egress = Egress(name="egress", image=IMAGE)
    text = squid.egress(egress, [link("agent", "egress", Protocol.proxy, hosts=("a.example", "b.example"))])
    assert "acl agent user_cert CN agent" in text
    assert "acl agent_hosts dstdomain a.example b.example" in text
    assert text.index("http_access allow agent agent_hosts") < text.index("http_access deny all")


@given(
    password=st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1),
    salt=st.binary(min_size=16, max_size=16),
)
def test_a_verifier_proves_its_password_and_no_other(password: str, salt: bytes) -> None:
    with mock.patch.object(postgres, "ITERATIONS", 7):
        _proves(password, salt)
        assert postgres.verifier(password + "x", salt) != postgres.verifier(password, salt)


def test_a_verifier_takes_as_many_rounds_as_postgresql_does() -> None:
    assert _proves("password", b"0123456789abcdef") == 4096


def _proves(password: str, salt: bytes) -> int:
    """That the verifier holds this password and salt; its rounds."""
    scheme, rounds, keys = postgres.verifier(password, salt).split("$")
    iterations, encoded = rounds.split(":")
    stored = base64.b64decode(keys.split(":")[0])
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(encoded), int(iterations))
    assert scheme == "SCRAM-SHA-256"
    assert base64.b64decode(encoded) == salt
    assert hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest() == stored
    return int(iterations)


def test_only_tls_with_a_certificate_reaches_the_database() -> None:
    database = Database(name="db", image=IMAGE, database="shop")
    lines = postgres.host_based(database, {"api": IPv4Network("10.64.0.0/27")}).splitlines()
    assert lines == [
        "local all rempart peer",
        'hostssl "shop" +api 10.64.0.0/27 scram-sha-256 clientcert=verify-full',
    ]


def test_roles_hold_verifiers_and_shut_who_is_no_longer_listed() -> None:
    database = Database(name="db", image=IMAGE, database="shop")
    text = postgres.roles(database, [link("sms-router", "db", Protocol.postgres)], {"sms_router_g1": "SCRAM-SHA-256$x"})
    assert 'CREATE ROLE "sms_router" NOLOGIN' in text
    assert "ALTER ROLE \"sms_router_g1\" LOGIN PASSWORD 'SCRAM-SHA-256$x'" in text
    assert "NOT IN ('sms_router_g1')" in text


def test_redis_users_are_hashes_and_the_default_user_is_off() -> None:
    text = redis.users([link("api", "redis", Protocol.redis, keys=("~api:*",))], {"api_g1": "open sesame"}, "keeper's")
    assert "user default off" in text
    assert "open sesame" not in text
    assert f"#{hashlib.sha256(b'open sesame').hexdigest()} resetchannels +@all -@admin -@dangerous +info ~api:*" in text


def test_a_durable_cache_writes_before_it_answers_and_forgets_nothing() -> None:
    text = redis.settings(Cache(name="redis", image=IMAGE))
    assert "appendfsync always" in text
    assert "maxmemory-policy noeviction" in text
    assert "port 0\n" in text


def test_a_pooler_stands_for_its_callers_on_its_own_network_only() -> None:
    database = Database(name="db", image=IMAGE, database="shop")
    networks = {"api": IPv4Network("10.64.0.0/27"), "pooler": IPv4Network("10.64.0.32/27")}
    assert postgres.host_based(database, networks, ["pooler"]).splitlines() == [
        "local all rempart peer",
        'hostssl "shop" +api 10.64.0.0/27 scram-sha-256 clientcert=verify-full',
        'hostssl "shop" +pooler 10.64.0.32/27 scram-sha-256 clientcert=verify-full',
        'hostssl "shop" +pooler_clients 10.64.0.32/27 scram-sha-256 clientcert=verify-ca',
    ]


def test_a_pooler_asks_for_the_verifiers_of_its_callers_and_of_nobody_else() -> None:
    text = postgres.schema(Database(name="db", image=IMAGE, database="shop"), ["pooler"])
    assert "NOT rolsuper AND pg_has_role(oid, 'pooler_clients', 'MEMBER')" in text
    assert 'REVOKE ALL ON FUNCTION pooling."pooler"(text) FROM PUBLIC' in text
    assert "pooling" not in postgres.schema(Database(name="db", image=IMAGE, database="shop"))


def test_a_pooler_leaves_connections_to_others() -> None:
    database = Database(name="db", image=IMAGE, database="shop", connections=200)
    text = pgbouncer.settings(Pooler(name="pooler", image=IMAGE, of=database, spare=30), "pooler_g1", ["watcher_g1"])
    assert (
        "pool_mode = transaction\nmax_client_conn = 10010\ndefault_pool_size = 100\nmax_db_connections = 170\n" in text
    )
    assert "stats_users = watcher_g1\n" in text
    assert text.count("tls_sslmode = verify-full") == text.count("tls_protocols = tlsv1.3") == 2


def test_a_balancer_asks_its_members_and_tells_clients_no_name() -> None:
    members = tuple(Service(name=f"api-{number}", image=IMAGE, port=8000 + number) for number in (1, 2))
    service = Balancer(name="balancer", image=IMAGE, port=8000, members=members, cookie="SHOP")
    text = haproxy.balancer(service, [link("gateway", "balancer")])
    assert "http-request reject unless { ssl_c_s_dn(cn) -m str gateway }" in text
    assert 'cookie SHOP insert indirect nocache httponly secure attr "SameSite=Lax"' in text
    assert text.count("verify required verifyhost api-") == text.count("check check-sni api-") == 2
    assert " cookie api-" not in text


def test_an_egress_with_a_parent_goes_by_it_and_in_no_other_way() -> None:
    parent = Proxy(host="10.101.201.204", port=8080)
    callers = [link("worker", "egress", Protocol.proxy, hosts=("oauth2.googleapis.com",))]
    text = squid.egress(Egress(name="egress", image=IMAGE, parent=parent), callers)
    assert "cache_peer 10.101.201.204 parent 8080 0 no-query no-digest no-netdb-exchange default" in text
    assert "never_direct allow all" in text
    assert "cache_peer" not in squid.egress(Egress(name="egress", image=IMAGE), callers)


def test_row_policies_hold_all_but_who_may_read_everything() -> None:
    """A dump by a role that sees no customer's rows would be one of empty tables."""
    database = Database(name="db", image=IMAGE, database="shop")
    callers = [
        link("api", "db", Protocol.postgres),
        link("backup", "db", Protocol.postgres, roles=("pg_read_all_data",)),
    ]
    text = postgres.roles(database, callers, {"api_g1": "SCRAM-SHA-256$x", "backup_g1": "SCRAM-SHA-256$y"})
    assert 'ALTER ROLE "backup_g1" BYPASSRLS;' in text
    assert 'ALTER ROLE "api_g1" NOBYPASSRLS;' in text
