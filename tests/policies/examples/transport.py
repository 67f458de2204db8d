"""Examples for the family transport."""

from typing import Any

import yaml

from tests.policies.build import authority, config, container, key, leaf, mounted, request, secret, service
from tests.policies.examples import Examples

PG = "postgresql://api_g1@db:5432/shop?sslmode=verify-full&sslrootcert=/run/secrets/root.pem"
REDIS = "rediss://api_g1@redis:6379/0?ssl_cert_reqs=required&ssl_check_hostname=true&ssl_ca_certs=/run/secrets/root.pem"
POOLED = "hostssl shop +api_clients 10.0.0.0/27 scram-sha-256 clientcert=verify-ca\n"
HBA = "local all rempart peer\nhostssl shop +api 10.0.0.0/27 scram-sha-256 clientcert=verify-full\n"
POSTGRES = """\
listen_addresses = '*'
ssl = on
ssl_cert_file = '/run/keeper/server.pem'
ssl_key_file = '/run/keeper/server.pem.key'
ssl_ca_file = '/run/keeper/callers.pem'
ssl_min_protocol_version = 'TLSv1.3'
password_encryption = 'scram-sha-256'
"""
REDIS_CONF = """\
port 0
tls-port 6379
tls-cert-file /run/keeper/server.pem
tls-key-file /run/keeper/server.pem.key
tls-ca-cert-file /run/keeper/callers.pem
tls-auth-clients yes
tls-protocols TLSv1.3
aclfile /run/keeper/users.acl
"""
FRONT = """\
global
    maxconn 100
frontend front
    mode http
    bind :8000 ssl crt /run/secrets/front.pem ca-file /run/secrets/callers.pem verify required ssl-min-ver TLSv1.3
    http-request reject unless { ssl_c_s_dn(cn) -m str gateway }
    http-request set-header X-Rempart-Caller %[ssl_c_s_dn(cn)]
    default_backend application
backend application
    mode http
    server application 127.0.0.1:18000
listen egress
    mode tcp
    bind 127.0.0.1:3128
    server egress egress:3128 ssl crt /run/secrets/e.pem ca-file /run/secrets/root.pem verify required verifyhost egress
"""
EDGE = """\
listen port-443
    mode tcp
    bind :443
    server gateway gateway:8443 send-proxy-v2 check
"""
FORWARD = """\
frontend front
    mode tcp
    bind :1433 ssl crt /run/secrets/front.pem ca-file /run/secrets/callers.pem verify required ssl-min-ver TLSv1.3
    tcp-request content reject unless { ssl_c_s_dn(cn) -m str api }
    default_backend outside
backend outside
    mode tcp
    server outside sql.example:1433
"""
NGINX = """\
events { worker_connections 1024; }
http {
    server_tokens off;
    client_max_body_size 1m;
    client_body_timeout 10s;
    client_header_timeout 10s;
    send_timeout 10s;
    proxy_ssl_verify on;
    proxy_ssl_trusted_certificate /run/secrets/root.pem;
    proxy_ssl_session_reuse off;
    server {
        listen 8080;
        return 301 https://$host$request_uri;
    }
    server {
        listen 8443 ssl http2;
        ssl_protocols TLSv1.3;  # and nothing older
        add_header Strict-Transport-Security "max-age=63072000" always;
        location /api/ {
            proxy_ssl_certificate /run/secrets/api.pem;
            proxy_ssl_certificate_key /run/secrets/api.pem.key;
            proxy_pass https://api:8000;
        }
    }
}
"""
JOB = {
    "job_name": "api",
    "scheme": "https",
    "tls_config": {"ca_file": "/run/secrets/root.pem", "cert_file": "/run/secrets/api.pem"},
    "static_configs": [{"targets": ["api:8000"]}],
}
DAY = 24


def env(**variables: str) -> dict[str, Any]:
    return {"env": variables}


def nginx(old: str = "", new: str = "") -> Any:
    assert old in NGINX
    return config(NGINX.replace(old, new) if old else NGINX)


def front(old: str = "", new: str = "") -> Any:
    assert old in FRONT
    return config(FRONT.replace(old, new) if old else FRONT)


def prometheus(*jobs: dict[str, Any], **alerting: Any) -> Any:
    return config(yaml.safe_dump({"scrape_configs": list(jobs), "alerting": alerting}))


def certified(common_name: str = "api", *names: str) -> Any:
    return request(subject={"common_name": common_name}, dns_names=list(names) or ["api"])


def root_with_key_mounted(of_root: bool) -> Any:
    """An authority, and a secret with a key: the authority's own, or another."""
    own = key()
    authority(own)
    held = secret((own if of_root else key()).private_key_pem)
    service(
        {
            "secrets": [
                {
                    "secret_id": held.id,
                    "file_name": "/run/secrets/k",
                    "file_mode": 0o400,
                    "file_uid": "10001",
                    "file_gid": "10001",
                }
            ]
        }
    )


def intermediate_with_key_mounted() -> Any:
    own = key()
    leaf(cert_request_pem=request(own).cert_request_pem, is_ca_certificate=True)
    return service({"secrets": [mounted(secret(own.private_key_pem))]})


def sharing_a_key(requests: int) -> Any:
    own = key()
    for _ in range(requests):
        request(own)


EXAMPLES = {
    "databases-are-verified": Examples(
        also=frozenset({"verification-is-never-switched-off"}),
        breaks=[
            lambda: service(env(POSTGRES_URL="postgresql://api@db/shop")),
            lambda: service(env(POSTGRES_URL=PG.replace("verify-full", "require"))),
            lambda: service(env(POSTGRES_URL=PG.replace("verify-full", "disable"))),
            lambda: service(env(POSTGRES_URL="postgresql+psycopg://api@db/shop?sslmode=verify-full")),
            lambda: service(env(PGSSLMODE="prefer")),
            lambda: container(command=["app", "--db", "postgres://api@db/shop"]),
        ],
        keeps=[
            lambda: service(env(POSTGRES_URL=PG)),
            lambda: service(env(POSTGRES_URL="postgresql:///shop?host=/run/keeper", PGSSLMODE="verify-full")),
            lambda: container(envs=[f"POSTGRES_URL={PG}"]),
        ],
    ),
    "caches-are-verified": Examples(
        also=frozenset({"verification-is-never-switched-off"}),
        breaks=[
            lambda: service(env(REDIS_URL="redis://redis:6379/0")),
            lambda: service(env(REDIS_URL="rediss://redis:6379/0")),
            lambda: service(env(REDIS_URL=REDIS.replace("required", "none"))),
            lambda: service(env(REDIS_URL=REDIS.replace("ssl_check_hostname=true", "x=y"))),
            lambda: container(envs=["REDIS_URL=redis://redis"]),
        ],
        keeps=[
            lambda: service(env(REDIS_URL=REDIS)),
            lambda: service(env(REDIS_URL="redis://127.0.0.1:6379/0")),
            lambda: container(envs=[f"REDIS_URL={REDIS}"]),
        ],
    ),
    "addresses-are-encrypted": Examples(
        breaks=[
            lambda: service(env(AGENT_URL="http://agent:8001")),
            lambda: service(env(BROKER="amqp://queue:5672")),
            lambda: service(env(MONGO_URL="mongodb://mongo:27017/shop")),
            lambda: service({"args": ["--loki", "http://loki:3100"]}),
            lambda: container(envs=["LDAP=ldap://directory"]),
        ],
        keeps=[
            lambda: service(env(AGENT_URL="https://agent:8001", EGRESS_PROXY="http://127.0.0.1:3128")),
            lambda: service(env(BROKER="amqps://queue:5671", LOCAL="http://localhost:18000/x")),
            lambda: service(env(MONGO_URL="mongodb://mongo/shop?tls=true&tlsCAFile=/run/secrets/root.pem")),
        ],
    ),
    "verification-is-never-switched-off": Examples(
        breaks=[
            lambda: service(env(NODE_TLS_REJECT_UNAUTHORIZED="0")),
            lambda: service(env(PYTHONHTTPSVERIFY="0")),
            lambda: service(env(GIT_SSL_NO_VERIFY="true")),
            lambda: service(env(TLS_INSECURE_SKIP_VERIFY="1")),
            lambda: service(env(ES_SSL_VERIFY="false")),
            lambda: service({"args": ["--insecure-skip-verify"]}),
            lambda: service({"args": ["--tls.verify", "false"]}),
            lambda: service({"commands": ["sh", "-c", "curl -fsk https://api:8000/"]}),
            lambda: container(command=["wget", "--no-check-certificate", "https://api"]),
        ],
        keeps=[
            lambda: service(env(NODE_TLS_REJECT_UNAUTHORIZED="1", SSL_VERIFY="true", TLS_INSECURE="false")),
            lambda: service({"args": ["--tls-verify=true", "--insecure=false"]}),
            lambda: service({"commands": ["sh", "-c", "curl -fsS --cacert /run/secrets/root.pem https://api:8000/"]}),
        ],
    ),
    "databases-admit-by-certificate-and-password": Examples(
        breaks=[
            lambda: config("host all all 0.0.0.0/0 md5\n"),
            lambda: config(HBA.replace("hostssl", "host")),
            lambda: config(HBA.replace("scram-sha-256", "trust")),
            lambda: config(HBA.replace(" clientcert=verify-full", "")),
            lambda: config(HBA.replace("verify-full", "verify-ca")),
            lambda: config(HBA + POOLED.replace("10.0.0.0/27", "10.0.0.32/27")),
            lambda: config(HBA + POOLED.replace("shop", "all")),
            lambda: config(HBA + POOLED.replace("+api_clients", "all")),
            lambda: config(HBA + POOLED.replace("scram-sha-256", "md5")),
            lambda: config(POOLED),
            lambda: config(HBA.replace("peer", "trust")),
        ],
        keeps=[
            lambda: config(HBA),
            lambda: config(HBA + POOLED),
            lambda: config(HBA + "host all all 0.0.0.0 0.0.0.0 reject\n"),
            lambda: config("# host all all all trust\nhostssl shop api samenet cert\n"),
        ],
    ),
    "databases-speak-tls13": Examples(
        breaks=[
            lambda: config(POSTGRES.replace("ssl = on", "ssl = off")),
            lambda: config(POSTGRES.replace("TLSv1.3", "TLSv1.2")),
            lambda: config(POSTGRES.replace("ssl_ca_file", "#ssl_ca_file")),
            lambda: config("listen_addresses = '*'\n"),
            lambda: config(POSTGRES + "ssl = off\n"),
        ],
        keeps=[
            lambda: config(POSTGRES),
            lambda: config(POSTGRES.replace("ssl = on", "ssl = off") + "ssl = on # the last one wins\n"),
            lambda: config(POSTGRES.replace("password_encryption", "#")),
        ],
    ),
    "caches-speak-tls13-only": Examples(
        breaks=[
            lambda: config(REDIS_CONF.replace("port 0", "port 6380")),
            lambda: config(REDIS_CONF.replace("port 0\n", "")),
            lambda: config(REDIS_CONF.replace("tls-auth-clients yes", "tls-auth-clients optional")),
            lambda: config(REDIS_CONF.replace("TLSv1.3", '"TLSv1.2 TLSv1.3"')),
            lambda: config(REDIS_CONF.replace("aclfile", "#")),
            lambda: config("appendonly yes\n"),
        ],
        keeps=[
            lambda: config(REDIS_CONF),
            lambda: config(REDIS_CONF + "protected-mode no\nmaxmemory 100mb\n"),
            lambda: config(REDIS_CONF.replace("TLSv1.3", '"TLSv1.3"')),
        ],
    ),
    "scrapes-are-verified": Examples(
        also=frozenset({"services-have-an-alert", "configurations-never-switch-verification-off"}),
        breaks=[
            lambda: prometheus({**JOB, "scheme": "http"}),
            lambda: prometheus({**JOB, "tls_config": {}}),
            lambda: prometheus(JOB, {**JOB, "tls_config": {**JOB["tls_config"], "insecure_skip_verify": True}}),  # type: ignore[dict-item]
            lambda: prometheus(JOB, alertmanagers=[{"static_configs": [{"targets": ["alertmanager:9093"]}]}]),
            lambda: config("scrape_configs: [\n"),
        ],
        keeps=[
            lambda: prometheus(JOB),
            lambda: prometheus(JOB, {"job_name": "self", "static_configs": [{"targets": ["127.0.0.1:9090"]}]}),
            lambda: prometheus(JOB, alertmanagers=[JOB]),
        ],
    ),
    "gateway-configuration-is-readable": Examples(
        breaks=[
            lambda: nginx("\n}\n", "\n"),
            lambda: nginx("send_timeout 10s;", "} send_timeout 10s;"),
            lambda: nginx("listen 8080;", 'listen "8080;'),
        ],
        keeps=[
            nginx,
            lambda: nginx("server_tokens off;", "server_tokens off; log_format x '{ \"a\": 1 }';"),
            lambda: config(EDGE),
        ],
    ),
    "gateways-speak-tls13-only": Examples(
        breaks=[
            lambda: nginx("ssl_protocols TLSv1.3;", "ssl_protocols TLSv1.2 TLSv1.3;"),
            lambda: nginx("ssl_protocols TLSv1.3;", "# ssl_protocols TLSv1.3;\n"),
            lambda: nginx("ssl_protocols TLSv1.3;", "ssl_protocols TLSv1.3; ssl_protocols TLSv1;"),
        ],
        keeps=[
            nginx,
            lambda: nginx("server_tokens off;", "server_tokens off; ssl_protocols TLSv1.3;"),
            lambda: nginx("ssl_protocols TLSv1.3;", "ssl_protocols\n TLSv1.3 ;"),
        ],
    ),
    "clear-servers-only-redirect": Examples(
        also=frozenset({"upstreams-are-verified"}),
        breaks=[
            lambda: nginx("return 301 https://$host$request_uri;", "root /srv;"),
            lambda: nginx("return 301 https://$host$request_uri;", "location / { proxy_pass https://api:8000; }"),
            lambda: nginx("return 301 https://$host$request_uri;", "location /x { location /x/y { alias /srv/; } }"),
        ],
        keeps=[
            nginx,
            lambda: nginx("listen 8080;", "listen 127.0.0.1:8080; root /srv;"),
            lambda: nginx("return 301 https://$host$request_uri;", "location = /health { return 200; }"),
        ],
    ),
    "upstreams-are-verified": Examples(
        also=frozenset({"configurations-never-switch-verification-off"}),
        breaks=[
            lambda: nginx("proxy_pass https://", "proxy_pass http://"),
            lambda: nginx("proxy_ssl_verify on;", ""),
            lambda: nginx("proxy_pass https", "proxy_ssl_verify off; proxy_pass https"),
            lambda: nginx("proxy_ssl_session_reuse off;", ""),
            lambda: nginx("proxy_ssl_certificate /run/secrets/api.pem;", ""),
        ],
        keeps=[
            nginx,
            lambda: nginx("proxy_pass https://api:8000;", "proxy_pass http://127.0.0.1:18000;"),
            lambda: nginx("proxy_pass https://api:8000;", "set $upstream api; proxy_pass https://$upstream:8000;"),
        ],
    ),
    "gateways-promise-tls": Examples(
        breaks=[
            lambda: nginx("add_header Strict-Transport-Security", "add_header X-Other"),
            lambda: nginx("63072000", "3600"),
            lambda: nginx('"max-age=63072000" always', '"max-age=63072000"'),
            lambda: nginx("proxy_pass https", "add_header X-Other 1; proxy_pass https"),
        ],
        keeps=[
            nginx,
            lambda: nginx("63072000", "63072000; includeSubDomains; preload"),
            lambda: nginx("add_header Strict-Transport-Security", "ssl_verify_client on; add_header X-Other"),
        ],
    ),
    "gateways-limit-their-clients": Examples(
        breaks=[
            lambda: nginx("server_tokens off;", ""),
            lambda: nginx("client_max_body_size 1m;", "client_max_body_size 0;"),
            lambda: nginx("client_header_timeout 10s;", ""),
            lambda: nginx("send_timeout 10s;", ""),
        ],
        keeps=[
            nginx,
            lambda: nginx("client_max_body_size 1m;", "client_max_body_size 10k;"),
            lambda: nginx("ssl_protocols TLSv1.3;", "ssl_protocols TLSv1.3; client_body_timeout 5s;"),
        ],
    ),
    "front-configuration-is-readable": Examples(
        breaks=[
            lambda: front("maxconn 100", "maxconn '100"),
            lambda: front("mode http", 'log-format "%ci'),
            lambda: container(uploads=[{"file": "/etc/haproxy.cfg", "content": EDGE + "    option 'x\n"}]),
        ],
        keeps=[front, lambda: config(EDGE), lambda: front("maxconn 100", 'log-tag "a front"  # it\'s one')],
    ),
    "fronts-demand-a-certificate": Examples(
        also=frozenset({"fronts-name-the-caller-themselves", "fronts-verify-whom-they-call"}),
        breaks=[
            lambda: front("verify required ssl-min-ver", "verify optional ssl-min-ver"),
            lambda: front(" ssl crt /run/secrets/front.pem", " crt /run/secrets/front.pem"),
            lambda: front(" ca-file /run/secrets/callers.pem", ""),
            lambda: front(" ssl-min-ver TLSv1.3", ""),
            lambda: front("ssl-min-ver TLSv1.3", "ssl-min-ver TLSv1.2"),
            lambda: config(EDGE.replace(" send-proxy-v2", "")),
        ],
        keeps=[
            front,
            lambda: config(EDGE),
            lambda: config(
                FRONT.replace(" ssl-min-ver TLSv1.3", "").replace(
                    "maxconn 100", "ssl-default-bind-options ssl-min-ver TLSv1.3"
                )
            ),
        ],
    ),
    "fronts-verify-whom-they-call": Examples(
        also=frozenset({"fronts-demand-a-certificate"}),
        breaks=[
            lambda: front("egress:3128 ssl", "egress:3128"),
            lambda: front("verify required verifyhost egress", "verify none"),
            lambda: front(" verifyhost egress", ""),
            lambda: front("server application 127.0.0.1:18000", "server application other:8000"),
            lambda: config(FORWARD.replace("sql.example:1433", "postgres:5432")),
            lambda: config(FORWARD.replace("tcp-request content reject unless", "tcp-request content accept if")),
            lambda: config(FORWARD + "    server another sql2.example:1433\n"),
            lambda: config(FORWARD.replace("default_backend outside", "default_backend elsewhere")),
        ],
        keeps=[
            front,
            lambda: config(EDGE),
            lambda: front("verifyhost egress", "sni str(egress)"),
            lambda: config(FORWARD),
        ],
    ),
    "fronts-name-the-caller-themselves": Examples(
        breaks=[
            lambda: front("http-request set-header X-Rempart-Caller", "http-request add-header X-Rempart-Caller"),
            lambda: front("    http-request set-header X-Rempart-Caller %[ssl_c_s_dn(cn)]\n", ""),
            lambda: front("    http-request reject unless { ssl_c_s_dn(cn) -m str gateway }\n", ""),
        ],
        keeps=[front, lambda: config(EDGE), lambda: front("http-request reject", "http-request deny")],
    ),
    "keys-are-strong": Examples(
        breaks=[
            lambda: key(ecdsa_curve="P224"),
            lambda: key(ecdsa_curve=None),
            lambda: key(algorithm="RSA", ecdsa_curve=None),
            lambda: key(algorithm="RSA", ecdsa_curve=None, rsa_bits=2048),
        ],
        keeps=[
            key,
            lambda: key(ecdsa_curve="P384"),
            lambda: key(algorithm="RSA", ecdsa_curve=None, rsa_bits=3072),
            lambda: key(algorithm="ED25519", ecdsa_curve=None),
        ],
    ),
    "leaves-live-short": Examples(
        breaks=[
            lambda: leaf(validity_period_hours=365 * DAY),
            lambda: leaf(validity_period_hours=91 * DAY),
            lambda: leaf(validity_period_hours=10 * 365 * DAY),
        ],
        keeps=[leaf, lambda: leaf(validity_period_hours=60 * DAY), lambda: leaf(validity_period_hours=31 * DAY)],
    ),
    "leaves-renew-in-time": Examples(
        breaks=[
            lambda: leaf(early_renewal_hours=None),
            lambda: leaf(early_renewal_hours=12),
            lambda: leaf(early_renewal_hours=90 * DAY),
        ],
        keeps=[leaf, lambda: leaf(early_renewal_hours=7 * DAY), lambda: leaf(early_renewal_hours=45 * DAY)],
    ),
    "leaves-serve-one-end": Examples(
        breaks=[
            lambda: leaf(allowed_uses=["client_auth", "server_auth"]),
            lambda: leaf(allowed_uses=["digital_signature"]),
            lambda: leaf(allowed_uses=["server_auth", "cert_signing"]),
            lambda: leaf(allowed_uses=["client_auth", "any_extended"]),
        ],
        keeps=[
            leaf,
            lambda: leaf(allowed_uses=["client_auth"]),
            lambda: leaf(allowed_uses=["digital_signature", "key_agreement", "client_auth"]),
        ],
    ),
    "leaves-are-no-authorities": Examples(
        breaks=[
            lambda: leaf(is_ca_certificate=True),
            lambda: leaf(is_ca_certificate=True, max_path_length=0),
            lambda: leaf(is_ca_certificate=True, allowed_uses=["client_auth"]),
        ],
        keeps=[leaf, lambda: leaf(is_ca_certificate=False), lambda: leaf(allowed_uses=["client_auth"])],
    ),
    "authorities-only-sign": Examples(
        breaks=[
            lambda: authority(is_ca_certificate=None),
            lambda: authority(allowed_uses=["cert_signing", "server_auth"]),
            lambda: authority(allowed_uses=["digital_signature"]),
            lambda: authority(validity_period_hours=20 * 365 * DAY),
        ],
        keeps=[
            authority,
            lambda: authority(validity_period_hours=5 * 365 * DAY),
            lambda: authority(allowed_uses=["cert_signing"]),
        ],
    ),
    "public-certificates-are-given": Examples(
        stack="prod",
        breaks=[
            lambda: leaf("gateway-certificate"),
            lambda: leaf("shop-gateway-certificate"),
            lambda: leaf("gateway-certificate", allowed_uses=["server_auth"], validity_period_hours=60 * DAY),
        ],
        keeps=[
            leaf,
            lambda: leaf("gateway-status"),
            lambda: leaf("exporter-to-gateway-certificate", allowed_uses=["client_auth"]),
        ],
    ),
    "certificates-name-their-owner": Examples(
        breaks=[
            lambda: certified("*.example"),
            lambda: certified("api", "api", "*"),
            lambda: request(subject={"organization": "Shop"}),
        ],
        keeps=[certified, lambda: certified("api", "api", "api.example"), lambda: certified("oauth_manager_g1")],
    ),
    "authority-keys-are-mounted-nowhere": Examples(
        breaks=[
            lambda: root_with_key_mounted(of_root=True),
            lambda: [root_with_key_mounted(of_root=True), service()],
            lambda: [authority(), root_with_key_mounted(of_root=True)],
            intermediate_with_key_mounted,
        ],
        also=frozenset({"leaves-are-no-authorities", "generated-secrets-reach-secrets-only"}),
        keeps=[lambda: root_with_key_mounted(of_root=False), authority, leaf],
    ),
    "keys-have-one-certificate": Examples(
        breaks=[lambda: sharing_a_key(2), lambda: sharing_a_key(3), lambda: [sharing_a_key(1), sharing_a_key(2)]],
        keeps=[lambda: sharing_a_key(1), authority, lambda: [sharing_a_key(1), sharing_a_key(1)]],
    ),
}
