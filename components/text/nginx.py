"""nginx: the gateway."""

from collections.abc import Iterable
from ipaddress import IPv4Network

from diagram import Gateway, Link, Route, Service
from diagram.description import in_bytes

SECRETS = "/run/secrets"
OPERATORS = "/etc/nginx/operators.pem"
CURVES = "X25519:prime256v1:secp384r1"
"""Those of Mozilla's modern profile (Server Side TLS 5.7); OpenSSL would offer slower ones and finite fields too."""


def gateway(service: Gateway, edges: Iterable[IPv4Network], status_callers: Iterable[Link]) -> str:
    """The gateway's whole configuration. `edges` are the networks whose PROXY protocol header is believed."""
    return f"""\
load_module modules/ngx_http_modsecurity_module.so;
worker_processes auto;
pid /tmp/nginx.pid;
error_log stderr warn;
worker_shutdown_timeout {service.grace - 5}s;

events {{
    worker_connections 1024;
}}

http {{
    include mime.types;
    default_type application/octet-stream;
    server_tokens off;
    access_log /dev/stdout combined;
    client_body_temp_path /tmp/body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

{_clients(edges)}
{_limits(service)}
{_upstream_tls(service)}
{_plain(service)}
{_public(service)}
{_status(service, status_callers)}}}
"""


_NOWHERE = """
        location / {
            return 404;
        }
"""


def _clients(edges: Iterable[IPv4Network]) -> str:
    trusted = "\n".join(f"    set_real_ip_from {network};" for network in edges)
    return f"{trusted}\n    real_ip_header proxy_protocol;\n"


def _limits(service: Gateway) -> str:
    zones = "\n".join(
        f"    limit_req_zone $binary_remote_addr zone={_zone(route)}:10m rate={route.rate}r/s;"
        for route in service.routes
    )
    return f"""\
{zones}
    limit_req_status 429;
    limit_conn_zone $binary_remote_addr zone=connections:10m;
    limit_conn_status 429;
    client_max_body_size {in_bytes(service.body_limit)};
    client_body_timeout 10s;
    client_header_timeout 10s;
    send_timeout 10s;
    keepalive_timeout 30s;
    large_client_header_buffers 4 8k;
"""


def _upstream_tls(service: Gateway) -> str:
    """Callees are found anew each second; TLS sessions are never shared between client identities.

    Two tasks that do not answer take 1.4 of the 3 s in which a caller has to say so.
    """
    return f"""\
    resolver 127.0.0.11 valid=1s ipv6=off;
    proxy_http_version 1.1;
    proxy_connect_timeout 700ms;
    proxy_read_timeout {service.timeout}s;
    proxy_send_timeout {service.timeout}s;
    proxy_next_upstream error timeout http_502 http_503;
    proxy_next_upstream_tries 2;
    proxy_next_upstream_timeout 5s;
    proxy_ssl_protocols TLSv1.3;
    proxy_ssl_verify on;
    proxy_ssl_verify_depth 1;
    proxy_ssl_trusted_certificate {SECRETS}/root.pem;
    proxy_ssl_server_name on;
    proxy_ssl_session_reuse off;
    proxy_set_header Host $http_host;
    proxy_set_header Connection "";
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto https;
    proxy_set_header X-Rempart-Caller "";
"""


def _plain(service: Gateway) -> str:
    return f"""\
    server {{
        listen {service.http_port} proxy_protocol;
        server_name _;
        return 301 {service.address.replace(service.host, "$host")}$request_uri;
    }}
"""


def _public(service: Gateway) -> str:
    routes = "\n".join(_location(route) for route in service.routes)
    return f"""\
    server {{
        listen {service.https_port} ssl http2 proxy_protocol;
        server_name {service.host} _;
        ssl_certificate {SECRETS}/gateway.pem;
        ssl_certificate_key {SECRETS}/gateway.pem.key;
        ssl_protocols TLSv1.3;
        ssl_ecdh_curve {CURVES};
        ssl_session_tickets off;
{_operators(service)}        limit_conn connections 100;

        add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;
        add_header X-Content-Type-Options nosniff always;
        add_header X-Frame-Options DENY always;
        add_header Referrer-Policy no-referrer always;
        add_header Content-Security-Policy "default-src 'none'; frame-ancestors 'none'" always;

        modsecurity on;
        modsecurity_rules_file /etc/modsecurity/rempart.conf;

        location = /health {{
            access_log off;
            default_type text/plain;
            return 200 "healthy\\n";
        }}

{routes}{"" if any(route.path == "/" for route in service.routes) else _NOWHERE}    }}
"""


def _operators(service: Gateway) -> str:
    """Who has a certificate is asked for it; who has none still comes in, but not to the routes for operators."""
    if not service.operators:
        return ""
    return f"""\
        ssl_client_certificate {OPERATORS};
        ssl_verify_client optional;
        ssl_verify_depth 1;
"""


def _location(route: Route) -> str:
    to = route.to
    closed = "            if ($ssl_client_verify != SUCCESS) {\n                return 403;\n            }\n"
    exact = "" if route.path.endswith("/") else "= "
    return f"""\
        location {exact}{route.path} {{
{closed if route.operators else ""}            limit_req zone={_zone(route)} burst={route.burst} nodelay;
            set $upstream {to.name};
            proxy_ssl_name {to.name};
            proxy_ssl_certificate {SECRETS}/{to.name}.pem;
            proxy_ssl_certificate_key {SECRETS}/{to.name}.pem.key;
            proxy_pass https://$upstream:{to.port};
        }}
"""


def _status(service: Gateway, callers: Iterable[Link]) -> str:
    names = "|".join(sorted(link.caller for link in callers))
    mutual = f"""\
    map $ssl_client_s_dn $is_caller {{
        default 0;
        "~(^|,)CN=({names})(,|$)" 1;
    }}

    server {{
        listen {service.port} ssl;
        ssl_certificate {SECRETS}/front.pem;
        ssl_certificate_key {SECRETS}/front.pem.key;
        ssl_client_certificate {SECRETS}/callers.pem;
        ssl_verify_client on;
        ssl_verify_depth 1;
        ssl_protocols TLSv1.3;
        ssl_ecdh_curve {CURVES};
        access_log off;
        location = /stub_status {{
            if ($is_caller = 0) {{
                return 403;
            }}
            stub_status;
        }}
    }}
"""
    alive = f"""\
    server {{
        listen 127.0.0.1:{status_port(service)};
        access_log off;
        location = /health {{
            return 200;
        }}
    }}
"""
    return f"{mutual}\n{alive}" if names else alive


def status_port(service: Service) -> int:
    """The loopback port that answers the health check."""
    return service.loopback or 0


def _zone(route: Route) -> str:
    return route.to.name.replace("-", "_")
