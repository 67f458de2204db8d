"""Examples for the family transport: poolers, brokers, monitors, command lines, and certificates that are given."""

import datetime as dt
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tests.policies.build import config, container, leaf, mounted, network, request, secret, service
from tests.policies.examples import Examples

PGBOUNCER = """\
[databases]
shop = host=db port=5432 dbname=shop
[pgbouncer]
auth_type = scram-sha-256
client_tls_sslmode = verify-full
client_tls_ca_file = /run/secrets/callers.pem
client_tls_cert_file = /run/secrets/pooler.pem
client_tls_key_file = /run/secrets/pooler.pem.key
client_tls_protocols = tlsv1.3
server_tls_sslmode = verify-full
server_tls_ca_file = /run/secrets/root.pem
server_tls_protocols = tlsv1.3
"""
RABBITMQ = """\
listeners.tcp = none
listeners.ssl.default = 5671
ssl_options.cacertfile = /run/secrets/callers.pem
ssl_options.certfile = /run/secrets/queue.pem
ssl_options.keyfile = /run/secrets/queue.pem.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
ssl_options.versions.1 = tlsv1.3
"""
WEB = """\
tls_server_config:
  cert_file: /run/secrets/prometheus.pem
  key_file: /run/secrets/prometheus.pem.key
  client_ca_file: /run/secrets/callers.pem
  client_auth_type: RequireAndVerifyClientCert
  min_version: TLS13
"""
MONGOD = """\
net:
  bindIpAll: true
  tls:
    mode: requireTLS
    disabledProtocols: TLS1_0,TLS1_1,TLS1_2
    allowConnectionsWithoutCertificates: false
    certificateKeyFile: /run/secrets/server.pem
    CAFile: /run/secrets/root.pem
security:
  authorization: enabled
  keyFile: /run/secrets/member.key
replication:
  replSetName: mongodb
storage:
  dbPath: /data/db
"""
ALSO = frozenset({"configs-hold-no-secret", "configurations-never-switch-verification-off"})


def without(text: str, line: str) -> Any:
    assert line in text
    return config("".join(kept for kept in text.splitlines(keepends=True) if not kept.strip().startswith(line)))


def without_set() -> str:
    """The configuration of one server alone."""
    return MONGOD.replace("replication:\n  replSetName: mongodb\n", "")


def started(*words: str) -> Any:
    return service({"args": list(words)})


@cache
def certificate(days: int = 90, bits: int = 0) -> str:
    """A self-signed certificate, PEM, with an ECDSA key or an RSA key of `bits`."""
    made: Any = rsa.generate_private_key(65537, bits) if bits else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    begins = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(made.public_key())
    builder = builder.serial_number(1).not_valid_before(begins)
    signed = builder.not_valid_after(begins + dt.timedelta(days=days)).sign(made, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def shown(text: str) -> Any:
    return service({"secrets": [mounted(secret(text), "/run/secrets/gateway.pem")]})


def called(alias: str, *names: str, kind: str = "service") -> Any:
    """A service with this alias, that mounts a server's certificate for these names."""
    asked = request(dns_names=list(names))
    held = secret(leaf(cert_request_pem=asked.cert_request_pem).cert_pem)
    joined = {"networks_advanceds": [{"id": network().id, "aliases": [alias]}]}
    return service({"secrets": [mounted(held, "/run/secrets/front.pem")]}, task=joined, kind=kind)


EXAMPLES = {
    "poolers-verify-both-ends": Examples(
        also=ALSO,
        breaks=[
            lambda: config(PGBOUNCER.replace("client_tls_sslmode = verify-full", "client_tls_sslmode = require")),
            lambda: without(PGBOUNCER, "server_tls_sslmode"),
            lambda: config(PGBOUNCER.replace("scram-sha-256", "trust")),
            lambda: without(PGBOUNCER, "server_tls_ca_file"),
            lambda: container(uploads=[{"file": "/etc/pgbouncer.ini", "content": "[pgbouncer]\nauth_type = any\n"}]),
        ],
        keeps=[
            lambda: config(PGBOUNCER),
            lambda: config("; pooled\n" + PGBOUNCER + "pool_mode = transaction\n"),
            lambda: config(PGBOUNCER.replace("auth_type = scram-sha-256", "auth_type = cert")),
        ],
    ),
    "brokers-speak-tls13-only": Examples(
        also=ALSO,
        breaks=[
            lambda: without(RABBITMQ, "listeners.tcp"),
            lambda: config(RABBITMQ.replace("verify_peer", "verify_none")),
            lambda: without(RABBITMQ, "ssl_options.fail_if_no_peer_cert"),
            lambda: config(RABBITMQ + "management.tcp.port = 15672\n"),
        ],
        keeps=[
            lambda: config(RABBITMQ),
            lambda: config(RABBITMQ + "management.tcp.port = 15672\nmanagement.tcp.ip = 127.0.0.1\n"),
            lambda: config(RABBITMQ + "vm_memory_high_watermark.relative = 0.6\n"),
        ],
    ),
    "document-stores-ask-for-a-certificate": Examples(
        also=ALSO,
        breaks=[
            lambda: config(MONGOD.replace("requireTLS", "preferTLS")),
            lambda: config(MONGOD.replace("TLS1_0,TLS1_1,TLS1_2", "TLS1_0,TLS1_1")),
            lambda: without(MONGOD, "CAFile"),
            lambda: without(MONGOD, "authorization"),
            lambda: without(MONGOD, "keyFile"),
            lambda: config(MONGOD.replace("WithoutCertificates: false", "WithoutCertificates: true")),
            lambda: config("storage:\n  dbPath: /data/db\n"),
            lambda: config("storage:\n  dbPath: [\n"),
        ],
        keeps=[
            lambda: config(MONGOD),
            lambda: config(MONGOD.replace("keyFile: /run/secrets/member.key", "clusterAuthMode: x509")),
            lambda: without(without_set(), "keyFile"),
        ],
    ),
    "monitors-ask-for-a-certificate": Examples(
        breaks=[
            lambda: without(WEB, "client_auth_type"),
            lambda: without(WEB, "min_version"),
            lambda: config("http_server_config:\n  http2: true\n"),
            lambda: config("tls_server_config: [\n"),
        ],
        keeps=[lambda: config(WEB), lambda: config("# web\n" + WEB), lambda: config("level: info\n")],
    ),
    "servers-are-started-with-tls": Examples(
        also=frozenset({"verification-is-never-switched-off", "addresses-are-encrypted"}),
        breaks=[
            lambda: started("redis-server", "--port", "6379", "--aclfile", "/run/users.acl"),
            lambda: started("postgres", "-c", "ssl=off"),
            lambda: container(command=["sh", "-c", "exec mongod --auth --bind_ip_all"]),
            lambda: started("prometheus", "--web.listen-address=0.0.0.0:9090"),
            lambda: started("etcd", "--listen-client-urls", "http://0.0.0.0:2379"),
        ],
        keeps=[
            lambda: started("redis-server", "/etc/redis/redis.conf"),
            lambda: started("postgres", "-c", "ssl=on", "-c", "ssl_min_protocol_version=TLSv1.3"),
            lambda: started("prometheus", "--web.listen-address=127.0.0.1:19090"),
            lambda: container(command=["mongod", "--auth", "--tlsMode", "requireTLS"]),
        ],
    ),
    "configurations-never-switch-verification-off": Examples(
        also=frozenset({"scrapes-are-verified"}),
        breaks=[
            lambda: config("backend:\n  insecure_skip_verify: true\n"),
            lambda: config("[http]\nsslVerify = false\n"),
            lambda: config("loki_url: http://loki:3100/push\n"),
            lambda: config("store: mongodb://mongodb-1:27017/shop?tls=true\n"),
            lambda: container(uploads=[{"file": "/app.py", "content": "requests.get(url, verify=False)\n"}]),
        ],
        keeps=[
            lambda: config("backend:\n  insecure_skip_verify: false\n"),
            lambda: config("# http://loki:3100\nloki_url: https://loki:3100/push\n"),
            lambda: config("store: mongodb://mongodb-1:27017/shop?tls=true&tlsCAFile=/run/secrets/root.pem\n"),
            lambda: config('xmlns = "http://www.w3.org/2000/svg"\nlocal = "http://localhost:18000/"\n'),
        ],
    ),
    "given-certificates-are-strong": Examples(
        breaks=[
            lambda: shown(certificate(days=398)),
            lambda: shown(certificate(bits=1024)),
            lambda: shown("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
        ],
        keeps=[
            lambda: shown(certificate()),
            lambda: shown(certificate(bits=2048)),
            lambda: shown("no certificate at all"),
        ],
    ),
    "authority-keys-are-no-files": Examples(
        also=frozenset({"host-directories-are-not-mounted", "sensitive-directories-are-not-mounted"}),
        breaks=[
            lambda: service({"secrets": [mounted(secret("a root's key"), "/run/secrets/ca.key")]}),
            lambda: container(volumes=[{"host_path": "/srv/ca-key.pem", "container_path": "/x"}]),
            lambda: container(uploads=[{"file": "/etc/tls/rootCA.key", "content": "a key"}]),
        ],
        keeps=[
            lambda: service({"secrets": [mounted(secret("a root's own"), "/run/secrets/ca.pem")]}),
            lambda: service({"secrets": [mounted(secret("a front's key"), "/run/secrets/front.pem.key")]}),
            lambda: container(uploads=[{"file": "/etc/tls/africa.key.pub", "content": "a key"}]),
        ],
    ),
    "certificates-cover-every-alias": Examples(
        breaks=[
            lambda: called("api", "agent"),
            lambda: called("api", "api.example"),
            lambda: called("api"),
        ],
        keeps=[
            lambda: called("api", "api"),
            lambda: called("api", "agent", "api"),
            lambda: called("gateway", "shop.example", kind="gateway"),
            lambda: service(task={"networks_advanceds": [{"id": network().id, "aliases": ["api"]}]}),
        ],
    ),
}  # fmt: skip
