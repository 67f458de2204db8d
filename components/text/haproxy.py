"""HAProxy: the front of a service, and the edge."""

import hashlib
from collections.abc import Sequence

from diagram import Balancer, Edge, Link, Protocol, Queue, Service
from diagram.service import LOOPBACK

SECRETS = "/run/secrets"

GIVEN = "crt /run/keeper/server.pem ca-file /run/keeper/callers.pem"
"""What a keeper brings: the server's own certificate, and the authority of its callers."""

HEAD = """\
global
    log stdout format raw local0 notice
    maxconn 4096
    hard-stop-after 20s
    ssl-default-bind-options ssl-min-ver TLSv1.3
    ssl-default-bind-curves X25519:P-256:P-384
    ssl-default-server-options ssl-min-ver TLSv1.3

defaults
    log global
    option dontlognull
    option redispatch
    retries 1
    timeout connect 1s
    timeout client {idle}s
    timeout server {idle}s
    timeout http-request 10s

resolvers docker
    nameserver dns 127.0.0.11:53
    hold valid 1s
    hold other 1s
    hold nx 1s
    timeout resolve 1s
"""

FOUND = "resolvers docker init-addr none"
"""A server found by its name, again and again, and not yet at the start."""


def front(service: Service, callers: Sequence[Link], callees: Sequence[Link]) -> str:
    """The front of `service`: its callers' way in, and its own way to what leads out. Empty when it needs none."""
    listeners = [_way_out(link) for link in callees if link.protocol in (Protocol.proxy, Protocol.tcp)]
    if callers and service.port:
        listeners.insert(0, _way_in(service, callers))
    return "\n".join([HEAD.format(idle=service.grace), *listeners]) if listeners else ""


def balancer(service: Balancer, callers: Sequence[Link], readers: Sequence[str] = ()) -> str:
    """The front of what spreads requests over its members, of which `readers` get its figures and nothing else; on
    loopback, whether it runs and whether a member is in.
    """
    reader = "ssl_c_s_dn(cn) -m str " + " ".join(sorted(readers)) if readers else "always_false"
    callees = "\n".join(_member(service, member) for member in service.members)
    return f"""{HEAD.format(idle=service.grace)}
{_entrance(service, callers).rstrip()}
    acl reader {reader}
    http-request use-service prometheus-exporter if reader {{ path -m str {service.metrics} }}
    http-request deny if reader !{{ path -m str {service.health.alive} }}

backend application
    mode http
    balance leastconn
    cookie {service.cookie} insert indirect nocache httponly secure attr "SameSite=Lax"
    option httpchk
    http-check send meth GET uri {service.members[0].health.alive} ver HTTP/1.1 hdr Host balancer
    http-check expect status 200
    retry-on conn-failure
{callees}

frontend health
    mode http
    bind 127.0.0.1:{service.loopback}
    monitor-uri {service.health.alive}
    http-request return status 200 if {{ nbsrv(application) ge 1 }}
    http-request return status 503
"""


def _member(service: Balancer, member: Service) -> str:
    """The tasks of a member: one cookie for all of them, which does not tell its name."""
    value = hashlib.sha256(member.name.encode()).hexdigest()[:12]
    checked = f"check check-sni {member.name} inter {service.every}s fall 2 rise 2 cookie {value}"
    tasks = f"server-template {member.name} {member.tasks + 1} {member.name}:{member.port}"
    return f"    {tasks} {_client(member.name)} {FOUND} {checked}"


def _way_in(service: Service, callers: Sequence[Link]) -> str:
    return f"""\
{_entrance(service, callers)}
backend application
    mode http
    retry-on conn-failure
    server application 127.0.0.1:{service.port and service.port + LOOPBACK}
"""


def _entrance(service: Service, callers: Sequence[Link]) -> str:
    names = " ".join(sorted(link.caller for link in callers))
    return f"""\
frontend front
    mode http
    bind :{service.port} ssl crt {SECRETS}/front.pem ca-file {SECRETS}/callers.pem verify required alpn http/1.1
    http-request reject unless {{ ssl_c_s_dn(cn) -m str {names} }}
    http-request set-header X-Rempart-Caller %[ssl_c_s_dn(cn)]
    default_backend application
"""


def _way_out(link: Link) -> str:
    """To a task that answers checks, and where none does, on a busy machine, to one all the same."""
    servers = f"2 {link.callee}:{link.port} {_client(link.callee)} {FOUND}"
    return f"""\
listen {link.callee}
    mode tcp
    bind 127.0.0.1:{link.port}
    server-template {link.callee} {servers} check
    server-template {link.callee}-anyway {servers} resolve-opts allow-dup-ip backup
"""


def _client(name: str) -> str:
    pair = f"crt {SECRETS}/{name}.pem ca-file {SECRETS}/root.pem"
    return f"ssl {pair} verify required verifyhost {name} sni str({name})"


def edge(service: Edge) -> str:
    """The edge: TCP to the gateway's tasks, with the PROXY protocol, and a health page on loopback."""
    gateway = service.gateway
    ports = ((service.http, gateway.http_port), (service.https, gateway.https_port))
    listeners = [
        f"""\
listen port-{published}
    mode tcp
    bind :{target}
    server-template {gateway.name} {max(gateway.tasks * 2, 2)} {gateway.name}:{target} \
send-proxy-v2 check inter 1s {FOUND}
"""
        for published, target in ports
    ]
    health = f"""\
frontend health
    mode http
    bind 127.0.0.1:{EDGE_HEALTH}
    monitor-uri /health
"""
    return "\n".join([HEAD.format(idle=3600), *listeners, health])


EDGE_HEALTH = 18080
"""The edge's own loopback port: alive when HAProxy answers."""


def forward(host: str, port: int, service: Service, callers: Sequence[Link]) -> str:
    """A fixed forward: callers come with their certificates, and reach this one address."""
    names = " ".join(sorted(link.caller for link in callers))
    return f"""{HEAD.format(idle=3600)}
frontend front
    mode tcp
    bind :{service.port} ssl crt {SECRETS}/front.pem ca-file {SECRETS}/callers.pem verify required
    tcp-request content reject unless {{ ssl_c_s_dn(cn) -m str {names} }}
    default_backend outside

backend outside
    mode tcp
    server outside {host}:{port} {FOUND}
"""


def figures(service: Queue, readers: Sequence[Link]) -> str:
    """The figures of a broker, which answers on loopback, for `readers`. The keeper brings the certificates."""
    names = " ".join(sorted(link.caller for link in readers))
    return f"""{HEAD.format(idle=30)}
frontend front
    mode http
    bind :{service.figures_port} ssl {GIVEN} verify required alpn http/1.1
    http-request reject unless {{ ssl_c_s_dn(cn) -m str {names} }}
    http-request deny unless METH_GET
    http-request set-header X-Rempart-Caller %[ssl_c_s_dn(cn)]
    default_backend application

backend application
    mode http
    server application 127.0.0.1:{service.figures_port + LOOPBACK}
"""
