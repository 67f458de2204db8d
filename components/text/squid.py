"""Squid: the egress proxy."""

from collections.abc import Sequence

from diagram import Egress, Link

SECRETS = "/run/secrets"


def egress(service: Egress, callers: Sequence[Link]) -> str:
    """Each caller, known by its certificate, may open TLS tunnels to its own hosts; everything else is refused."""
    grants = "\n".join(_grant(link) for link in callers)
    return f"""\
https_port {service.port} tls-cert={SECRETS}/front.pem tls-key={SECRETS}/front.pem.key \
tls-clientca={SECRETS}/callers.pem tls-min-version=1.3 name=callers
acl CONNECT method CONNECT
acl https port 443
http_access deny !CONNECT
http_access deny !https

{grants}
http_access deny all
{_way(service)}
pid_filename none
pinger_enable off
acl probes src 127.0.0.1
access_log stdio:/dev/stdout !probes
cache_log stdio:/dev/stderr
cache deny all
cache_mem 8 MB
coredump_dir /tmp
via off
forwarded_for delete
connect_timeout 5 seconds
shutdown_lifetime {max(service.grace // 3, 1)} seconds
visible_hostname {service.name}
"""


def _way(service: Egress) -> str:
    """Straight out, or by the organisation's proxy and in no other way."""
    if not service.parent:
        return ""
    to = f"{service.parent.host} parent {service.parent.port} 0"
    return f"cache_peer {to} no-query no-digest no-netdb-exchange default\nnever_direct allow all\n"


def _grant(link: Link) -> str:
    acl = link.caller.replace("-", "_")
    return f"""\
acl {acl} user_cert CN {link.caller}
acl {acl}_hosts dstdomain {" ".join(link.hosts)}
http_access allow {acl} {acl}_hosts
"""
