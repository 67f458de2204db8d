"""Examples for how services are called, stopped and named: what mutants of the stacks brought up."""

from typing import Any

import pulumi_tls as tls

from tests.policies.build import (
    authority,
    container,
    database,
    key,
    leaf,
    memory_volume,
    mounting,
    named,
    network,
    on,
    request,
    service,
    volume,
)
from tests.policies.examples import Examples

PEM = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIMadeUp\n-----END EC PRIVATE KEY-----\n"
CHECK = {"tests": ["CMD", "probe", "18000", "/ready", "/health"], "interval": "5s", "retries": 3}


def restarted(delay: str) -> Any:
    return service(task={"restart_policy": {"condition": "any", "delay": delay, "window": "0s", "max_attempts": 0}})


def leaf_of(of: tls.CertRequest, *uses: str) -> Any:
    return leaf(cert_request_pem=of.cert_request_pem, allowed_uses=["digital_signature", *uses])


def of_a_link(link: str, common_name: str | None) -> Any:
    """The request for the certificate of a link's caller."""
    return tls.CertRequest(
        named(f"shop-{link}-client-request"),
        private_key_pem=key().private_key_pem,
        subject={"common_name": common_name} if common_name else {"organization": "shop"},
    )


def kept(copies: Any, *kinds: str) -> Any:
    """Services that share a keeper's copies."""
    for kind in kinds:
        database(mounting(copies), kind=kind, called=kind)


def joining(*labels: str, **task: Any) -> Any:
    """A service on networks with these labels, and on what else the task says."""
    made = [network(labels=[{"label": label, "value": "api-to-db"}] if label else None) for label in labels]
    joined = on(*made)["networks_advanceds"]
    return service(task={"networks_advanceds": joined + task.get("beside", [])})


EXAMPLES = {
    "names-are-not-overridden": Examples(
        breaks=[
            lambda: service({"hosts": [{"host": "db", "ip": "203.0.113.9"}]}),
            lambda: service({"hosts": [{"host": "api.example", "ip": "10.0.0.1"}, {"host": "x", "ip": "10.0.0.2"}]}),
            lambda: container(hosts=[{"host": "host.docker.internal", "ip": "172.17.0.1"}]),
        ],
        keeps=[service, container, lambda: service({"hosts": []})],
    ),
    "networks-are-the-stacks-own": Examples(
        breaks=[
            lambda: joining("rempart.link", beside=[{"id": "x1y2z3a4b5c6"}]),
            lambda: joining(""),
            lambda: joining("com.example.team"),
        ],
        keeps=[
            service,
            lambda: joining("rempart.link"),
            lambda: service(labels=None, task={"networks_advanceds": [{"id": "a-foreign-program's"}]}),
        ],
        also=frozenset({"services-say-who-they-are", "services-stand-in-a-zone", "networks-join-two-services"}),
    ),
    "stops-are-graceful": Examples(
        breaks=[
            lambda: service({"stop_signal": "SIGKILL"}),
            lambda: database({"stop_signal": "SIGTERM"}),
            lambda: container(stop_signal="9"),
        ],
        keeps=[
            lambda: service({"stop_signal": "SIGTERM"}),
            lambda: database({"stop_signal": "SIGINT"}),
            lambda: service({"stop_signal": "SIGQUIT"}, kind="gateway", zone="dmz"),
        ],
    ),
    "services-come-back-soon": Examples(
        breaks=[lambda: restarted("30m"), lambda: restarted("61s"), lambda: restarted("2h")],
        keeps=[lambda: restarted("1s"), lambda: restarted("60s"), lambda: restarted("500ms")],
    ),
    "health-checks-give-up": Examples(
        breaks=[
            lambda: service({"healthcheck": {**CHECK, "timeout": "30m"}}),
            lambda: service({"healthcheck": {**CHECK, "timeout": "90s"}}),
            lambda: container(healthcheck={**CHECK, "timeout": "5m"}),
        ],
        keeps=[service, container, lambda: service({"healthcheck": {**CHECK, "timeout": "10s"}})],
    ),
    "services-run": Examples(
        breaks=[
            lambda: service(mode={"replicated": {"replicas": 0}}),
            lambda: service(kind="workers", mode={"replicated": {"replicas": 0}}),
            lambda: service(zone="monitoring", kind="exporter", mode={"replicated": {"replicas": 0}}),
        ],
        keeps=[service, lambda: service(mode={"replicated": {"replicas": 1}}), database],
    ),
    "keys-are-not-written-out": Examples(
        breaks=[
            lambda: request(private_key_pem=PEM),
            lambda: authority(private_key_pem=PEM),
            lambda: leaf(ca_private_key_pem=PEM),
        ],
        keeps=[request, authority, leaf],
    ),
    "server-certificates-carry-names": Examples(
        breaks=[
            lambda: leaf_of(request(dns_names=None), "server_auth"),
            lambda: leaf_of(request(dns_names=None, subject={"common_name": "db"}), "server_auth"),
            lambda: leaf_of(request(key(), dns_names=None), "key_encipherment", "server_auth"),
        ],
        keeps=[
            lambda: leaf_of(request(), "server_auth"),
            lambda: leaf_of(request(dns_names=None), "client_auth"),
            lambda: leaf_of(request(dns_names=["api", "api.shop"]), "server_auth"),
        ],
    ),
    "callers-certificates-name-the-caller": Examples(
        breaks=[
            lambda: of_a_link("api-to-db", "db"),
            lambda: of_a_link("api-to-db", "admin"),
            lambda: of_a_link("sms-router-to-agent", "api"),
        ],
        keeps=[
            lambda: of_a_link("api-to-db", "api"),
            lambda: of_a_link("sms-router-to-agent", "sms-router"),
            lambda: of_a_link("sms-router-to-db", "sms_router_g2"),
        ],
    ),
    "keepers-keep-secrets-in-memory": Examples(
        breaks=[
            lambda: kept(volume(), "keeper"),
            lambda: kept(volume(driver="local"), "keeper", "database"),
            lambda: kept(volume(driver_opts={"type": "nfs", "o": "addr=10.0.0.9", "device": ":/x"}), "keeper"),
        ],
        keeps=[
            lambda: kept(memory_volume(), "keeper"),
            lambda: kept(memory_volume(), "keeper", "database"),
            lambda: kept(volume(), "database"),
        ],
        also=frozenset({"volumes-are-not-shared"}),
    ),
}
