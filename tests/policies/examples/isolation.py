"""Examples for the family isolation."""

from typing import Any

from tests.policies.build import (
    config,
    container,
    database,
    labels,
    memory_volume,
    mounting,
    network,
    on,
    service,
    volume,
    way_out,
)
from tests.policies.examples import Examples

PORT = {"target_port": 8443, "published_port": 443, "publish_mode": "host"}
EDGE_LABELS = [{"label": "rempart.kind", "value": "edge"}]
STOP_FIRST = {
    "update_config": {"order": "stop-first", "failure_action": "rollback", "monitor": "20s"},
    "rollback_config": {"order": "stop-first", "monitor": "20s"},
}
SQUID = """\
https_port 3128 tls-cert=/run/secrets/front.pem tls-clientca=/run/secrets/callers.pem tls-min-version=1.3
acl agent user_cert CN agent
acl agent_hosts dstdomain api.example
http_access deny !CONNECT
http_access allow agent agent_hosts
http_access deny all
"""


def edge(port: dict[str, Any] | None = None, **changes: Any) -> Any:
    """The one that publishes."""
    published = {"mode": "dnsrr", "ports": [port or PORT]}
    return service(kind="edge", zone="dmz", endpoint_spec=published, **STOP_FIRST | changes)


def bind(source: str, **options: Any) -> dict[str, Any]:
    return {"mounts": [{"type": "bind", "source": source, "target": "/mnt", **options}]}


def pair(caller_zone: str, callee_zone: str, kind: str = "service") -> Any:
    """Two services with a link, in these zones."""
    service(called="one", zone=caller_zone, links="one-to-two")
    service(called="two", zone=callee_zone, links="one-to-two", kind=kind)


def joined(*ends: str, link: str = "one-to-two", **changes: Any) -> Any:
    """A link's network, and the services that join it."""
    shared = network(link, **changes)
    for end in ends:
        service(called=end, task=on(shared))


def replicated(caller: str, *members: str, kind: str = "document-store", zone: str = "applications") -> Any:
    """A caller, and the members of a replica set, each a service, on the network of their link."""
    shared = network("one-to-two")
    service(called=caller, zone=zone, task=on(shared))
    for member in members:
        database(called=member, kind=kind, task=on(shared))


def beyond() -> Any:
    return network("one-to-three", subnet="10.64.0.32/27", gateway="10.64.0.33")


def sharing_a_network(*ends: tuple[str, str]) -> Any:
    """Services, each with its zone, on one network."""
    shared = network("one-to-two")
    for called, zone in ends:
        service(called=called, zone=zone, task=on(shared))


def leading_out(kind: str) -> Any:
    shared = way_out()
    service(kind=kind, zone="dmz", task=on(shared))


def sharing(*kinds: str, memory: bool = False, name: str | None = None) -> Any:
    """A volume that a service of each kind mounts."""
    held = memory_volume(name=name) if memory else volume(name=name)
    for kind in kinds:
        database(mounting(held), kind=kind)


EXAMPLES = {
    "networks-are-internal": Examples(
        breaks=[
            lambda: network(internal=None),
            lambda: network(internal=False),
            lambda: network(internal=False, labels=None),
        ],
        keeps=[network, way_out, lambda: network(labels=None)],
    ),
    "networks-take-services-only": Examples(
        breaks=[
            lambda: network(attachable=True),
            lambda: network(ingress=True),
            lambda: way_out(attachable=True),
        ],
        keeps=[network, way_out, lambda: network(attachable=False)],
    ),
    "networks-are-overlays": Examples(
        breaks=[
            lambda: network(driver=None),
            lambda: network(driver="bridge"),
            lambda: network(driver="macvlan"),
        ],
        keeps=[network, way_out, lambda: network(driver="overlay", options={"encrypted": "true"})],
    ),
    "networks-have-their-own-subnet": Examples(
        breaks=[
            lambda: network(ipam_configs=None),
            lambda: network(ipam_configs=[{"subnet": "10.0.0.0/27"}]),
            lambda: network(subnet="10.0.0.0/28", gateway="10.0.0.1"),
            lambda: network(subnet="10.0.0.0/27", gateway="10.9.0.1"),
            lambda: network(subnet="8.8.8.0/24", gateway="8.8.8.1"),
        ],
        keeps=[
            network,
            lambda: network(subnet="172.20.0.0/16", gateway="172.20.0.1"),
            lambda: network(subnet="192.168.7.64/26", gateway="192.168.7.65"),
        ],
    ),
    "workloads-stay-off-the-default-networks": Examples(
        breaks=[
            lambda: service(task={"networks_advanceds": None}),
            lambda: service(task={"networks_advanceds": []}),
            lambda: container(networks_advanced=None),
            lambda: container(network_mode="bridge"),
            lambda: container(networks_advanced=[{"name": "bridge"}]),
        ],
        keeps=[service, container, lambda: container(networks_advanced=None, network_mode="none")],
    ),
    "workloads-have-a-network-of-their-own": Examples(
        also=frozenset({"networks-are-overlays"}),
        breaks=[
            lambda: container(network_mode="host"),
            lambda: container(network_mode="container:db"),
            lambda: service(task={"networks_advanceds": [{"id": "host"}]}),
            lambda: network(driver="host"),
        ],
        keeps=[service, network, lambda: container(network_mode="none", networks_advanced=None)],
    ),
    "overlays-are-encrypted": Examples(
        profile="cis-strict",
        breaks=[network, way_out, lambda: network(options={"encrypted": "false"})],
        keeps=[
            lambda: network(options={"encrypted": "true"}),
            lambda: network(options={"encrypted": "1", "mtu": "1400"}),
            lambda: way_out(options={"encrypted": "true"}),
        ],
    ),
    "networks-join-zones-that-may-call": Examples(
        also=frozenset({"networks-join-two-services", "names-fail-fast", "stateless-services-start-first"}),
        breaks=[
            lambda: sharing_a_network(("one", "dmz"), ("two", "data")),
            lambda: sharing_a_network(("one", "data"), ("two", "data")),
            lambda: replicated("one", "two", "three", zone="data"),
            lambda: [
                service(called="edge", kind="edge", zone="dmz", task=on(a := network(), b := beyond())),
                service(called="one", zone="dmz", task=on(a)),
                service(called="two", zone="data", task=on(b)),
            ],
        ],
        keeps=[
            lambda: sharing_a_network(("one", "applications"), ("two", "data")),
            lambda: sharing_a_network(("one", "monitoring"), ("two", "data")),
            lambda: replicated("one", "two", "two", "two"),
            lambda: [
                service(called="gate", zone="applications", task=on(a := network(), b := beyond())),
                service(called="one", zone="dmz", task=on(a)),
                service(called="two", zone="data", task=on(b)),
            ],
        ],
    ),
    "networks-join-two-services": Examples(
        also=frozenset({"networks-join-zones-that-may-call"}),
        breaks=[
            lambda: joined("one", "two", "one"),
            lambda: joined("one", "three"),
            lambda: joined("one", "two", "one", link="odd"),
            lambda: replicated("one", "two", "two", kind="database"),
            lambda: replicated("one", "three", "two"),
        ],
        keeps=[
            lambda: joined("one", "two"),
            lambda: joined("one"),
            lambda: joined("one-keeper", link="one-keeper-alone"),
            lambda: replicated("one", "two", "two", "two"),
        ],
    ),
    "ways-out-are-declared": Examples(
        breaks=[
            lambda: leading_out("service"),
            lambda: leading_out("gateway"),
            lambda: leading_out("workers"),
        ],
        keeps=[lambda: leading_out("edge"), lambda: leading_out("egress"), lambda: joined("one", "two")],
    ),
    "subnets-do-not-overlap": Examples(
        breaks=[
            lambda: [network(), network()],
            lambda: [
                network(subnet="10.0.0.0/24", gateway="10.0.0.1"),
                network(subnet="10.0.0.32/27", gateway="10.0.0.33"),
            ],
            lambda: [
                network(subnet="10.0.0.64/26", gateway="10.0.0.65"),
                network(),
                network(subnet="10.0.0.0/25", gateway="10.0.0.1"),
            ],
        ],
        keeps=[
            network,
            lambda: [network(), network(subnet="10.64.0.32/27", gateway="10.64.0.33")],
            lambda: [network(), way_out(subnet="10.65.0.0/27", gateway="10.65.0.1")],
        ],
    ),
    "services-say-who-they-are": Examples(
        also=frozenset({"services-stand-in-a-zone"}),
        breaks=[
            lambda: service(labels=None),
            lambda: service({"labels": None}),
            lambda: service(labels=labels(stack="prod")),
            lambda: service(labels=labels()[:-1]),
        ],
        keeps=[service, database, lambda: service(labels=labels(colour="blue"))],
    ),
    "services-stand-in-a-zone": Examples(
        breaks=[
            lambda: service(zone="intranet"),
            lambda: service(zone=""),
            lambda: service(zone="DMZ"),
        ],
        keeps=[service, database, lambda: service(zone="monitoring")],
    ),
    "zones-allow-every-link": Examples(
        breaks=[
            lambda: pair("dmz", "data"),
            lambda: pair("data", "applications"),
            lambda: pair("applications", "dmz"),
            lambda: pair("applications", "monitoring"),
        ],
        keeps=[
            lambda: pair("dmz", "applications"),
            lambda: pair("applications", "data"),
            lambda: pair("applications", "dmz", kind="egress"),
            lambda: pair("monitoring", "data"),
        ],
        also=frozenset({"names-fail-fast"}),
    ),
    "links-are-labelled-at-both-ends": Examples(
        breaks=[
            lambda: [service(called="one", links="one-to-two"), service(called="two")],
            lambda: [service(called="one"), service(called="two", links="one-to-two")],
            lambda: [pair("applications", "data"), service(called="three", links="one-to-two")],
        ],
        keeps=[lambda: pair("applications", "data"), service, lambda: pair("dmz", "dmz")],
    ),
    "only-the-edge-publishes": Examples(
        also=frozenset(
            {
                "ports-are-published-on-the-node",
                "published-ports-name-their-address",
                "published-ports-are-not-privileged",
            }
        ),
        breaks=[
            lambda: service(endpoint_spec={"mode": "dnsrr", "ports": [PORT]}),
            lambda: database(endpoint_spec={"mode": "dnsrr", "ports": [PORT]}),
            lambda: container(ports=[{"internal": 6379, "external": 6379}]),
            lambda: container(publish_all_ports=True),
        ],
        keeps=[service, edge, container],
    ),
    "published-ports-name-their-address": Examples(
        also=frozenset({"only-the-edge-publishes"}),
        breaks=[
            lambda: container(ports=[{"internal": 8080, "external": 8080}]),
            lambda: container(ports=[{"internal": 8080, "external": 8080, "ip": "0.0.0.0"}]),
            lambda: container(ports=[{"internal": 8080, "external": 8080, "ip": "::"}]),
        ],
        keeps=[
            container,
            lambda: container(ports=[{"internal": 8080, "external": 8080, "ip": "127.0.0.1"}], labels=EDGE_LABELS),
            lambda: container(ports=[{"internal": 8080, "external": 80, "ip": "10.0.0.1"}], labels=EDGE_LABELS),
        ],
    ),
    "published-ports-are-not-privileged": Examples(
        also=frozenset({"only-the-edge-publishes", "published-ports-name-their-address"}),
        breaks=[
            lambda: service(endpoint_spec={"mode": "dnsrr", "ports": [PORT]}),
            lambda: container(ports=[{"internal": 8080, "external": 80, "ip": "127.0.0.1"}]),
            lambda: container(ports=[{"internal": 443, "external": 8443}]),
        ],
        keeps=[
            service,
            edge,
            lambda: container(ports=[{"internal": 8080, "external": 80, "ip": "10.0.0.1"}], labels=EDGE_LABELS),
        ],
    ),
    "ports-are-published-on-the-node": Examples(
        breaks=[
            lambda: edge({"target_port": 8443, "published_port": 443}),
            lambda: edge({"target_port": 8443, "published_port": 443, "publish_mode": "ingress"}),
            lambda: edge({"target_port": 8443, "publish_mode": "host"}),
        ],
        keeps=[service, edge, lambda: edge({**PORT, "protocol": "tcp"})],
    ),
    "services-resolve-to-their-tasks": Examples(
        breaks=[
            lambda: service(endpoint_spec=None),
            lambda: service(endpoint_spec={"mode": "vip"}),
            lambda: database(endpoint_spec={}),
        ],
        keeps=[service, database, edge],
    ),
    "host-directories-are-not-mounted": Examples(
        also=frozenset({"sensitive-directories-are-not-mounted"}),
        breaks=[
            lambda: volume(driver_opts={"type": "none", "o": "bind", "device": "/srv/data"}),
            lambda: service(bind("/srv/app")),
            lambda: container(mounts=[{"type": "bind", "source": "/etc", "target": "/host"}]),
            lambda: container(volumes=[{"host_path": "/srv", "container_path": "/srv"}]),
        ],
        keeps=[
            service,
            lambda: database(mounting(volume())),
            lambda: container(volumes=[{"volume_name": "data", "container_path": "/data"}]),
        ],
    ),
    "sensitive-directories-are-not-mounted": Examples(
        also=frozenset({"host-directories-are-not-mounted", "the-engine-is-out-of-reach"}),
        breaks=[
            lambda: service(bind("/etc")),
            lambda: service(bind("/usr/lib/../lib")),
            lambda: container(volumes=[{"host_path": "/", "container_path": "/host"}]),
            lambda: container(volumes=[{"host_path": "/home/deploy/.ssh", "container_path": "/ssh"}]),
            lambda: volume(driver_opts={"type": "none", "o": "bind", "device": "/var/log"}),
        ],
        keeps=[
            service,
            lambda: database(mounting(volume())),
            lambda: volume(driver_opts={"type": "tmpfs", "device": "tmpfs"}),
        ],
    ),
    "the-engine-is-out-of-reach": Examples(
        also=frozenset(
            {
                "host-directories-are-not-mounted",
                "sensitive-directories-are-not-mounted",
                "addresses-are-encrypted",
            }
        ),
        breaks=[
            lambda: service(bind("/var/run/docker.sock")),
            lambda: service(bind("/")),
            lambda: container(volumes=[{"host_path": "/run/containerd/containerd.sock", "container_path": "/c.sock"}]),
            lambda: service({"env": {"DOCKER_HOST": "tcp://10.0.0.1:2375"}}),
        ],
        keeps=[service, container, lambda: database(mounting(volume()))],
    ),
    "mounts-do-not-propagate": Examples(
        also=frozenset({"host-directories-are-not-mounted"}),
        breaks=[
            lambda: service(bind("/srv", bind_options={"propagation": "shared"})),
            lambda: service(bind("/srv", bind_options={"propagation": "rslave"})),
            lambda: container(
                mounts=[
                    {"type": "bind", "source": "/srv", "target": "/srv", "bind_options": {"propagation": "rshared"}}
                ]
            ),
        ],
        keeps=[
            service,
            lambda: database(mounting(volume())),
            container,
        ],
    ),
    "volumes-are-not-shared": Examples(
        breaks=[
            lambda: sharing("service", "workers"),
            lambda: sharing("database", "keeper"),
            lambda: sharing("database", "keeper", "service", memory=True),
            lambda: sharing("service", "workers", memory=True),
            lambda: sharing("service", "workers", name="known-at-once-too"),
            lambda: [
                container(volumes=[{"volume_name": "data", "container_path": "/a"}]),
                container(volumes=[{"volume_name": "data", "container_path": "/b"}]),
            ],
            lambda: container(volumes=[{"from_container": "db"}]),
        ],
        keeps=[
            lambda: sharing("database"),
            lambda: sharing("database", "keeper", memory=True),
            lambda: sharing("database", "keeper", memory=True, name="known-at-once"),
            lambda: [sharing("database"), sharing("cache")],
        ],
        also=frozenset({"keepers-keep-secrets-in-memory"}),
    ),
    "names-of-the-outside-do-not-resolve": Examples(
        breaks=[
            lambda: service({"dns_config": {"options": ["timeout:1", "attempts:1"]}}),
            lambda: service({"dns_config": {"nameservers": ["1.1.1.1"], "options": ["timeout:1", "attempts:1"]}}),
            lambda: service(
                {"dns_config": {"nameservers": ["127.0.0.1", "8.8.8.8"], "options": ["timeout:1", "attempts:1"]}}
            ),
        ],
        keeps=[service, edge, lambda: service({"dns_config": None}, kind="egress", zone="dmz")],
    ),
    "egress-refuses-by-default": Examples(
        breaks=[
            lambda: config(SQUID.replace("http_access deny all\n", "")),
            lambda: config(SQUID.replace("http_access deny all", "http_access allow all")),
            lambda: config(SQUID.replace("allow agent agent_hosts", "allow agent")),
            lambda: config(SQUID.replace("allow agent agent_hosts", "allow all")),
        ],
        keeps=[
            lambda: config(SQUID),
            lambda: config(SQUID.replace("http_access deny all", "# the end\nhttp_access deny all\n")),
            lambda: config("level = info"),
        ],
    ),
    "egress-knows-its-callers": Examples(
        breaks=[
            lambda: config("http_port 3128\n" + SQUID),
            lambda: config(SQUID.replace("tls-clientca=/run/secrets/callers.pem", "")),
            lambda: config(SQUID.replace("=1.3", "=1.2")),
            lambda: config(SQUID.replace("tls-min-version", "sslflags=DONT_VERIFY_PEER tls-min-version")),
        ],
        keeps=[
            lambda: config(SQUID),
            lambda: config("http_port 127.0.0.1:3129\n" + SQUID),
            lambda: config("level = info"),
        ],
    ),
}
