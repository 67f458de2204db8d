"""What each service of a stage finds: the files and variables that the platform gives to its callers and callees."""

import base64
import hashlib
import secrets
from pathlib import Path

from tests.apps.certificates import Authority

CALLS = {
    "gateway": ("api", "agent", "oauth-manager", "sms-router", "worker", "beat"),
    "api": ("postgres", "redis", "agent", "oauth-manager"),
    "agent": ("postgres", "redis"),
    "oauth-manager": ("postgres", "redis"),
    "sms-router": ("postgres", "agent"),
    "worker": ("postgres", "redis"),
    "beat": ("redis",),
}
PORTS = {"api": 8000, "agent": 8001, "oauth-manager": 8002, "sms-router": 8003, "worker": 8004, "beat": 8005}
KEYS = {
    "api": "~api:*",
    "oauth_manager": "~oauth:*",
    "agent": "~agent:* ~queue:*",
    "worker": "~queue:*",
    "beat": "~queue:*",
}
COMMANDS = {
    "api": "+ping +incrby +expire +multi +exec",
    "oauth_manager": "+ping +incrby +expire +multi +exec",
    "agent": "+ping +incrby +expire +multi +exec +lpush +llen +sadd +smembers",
    "worker": "+ping +multi +exec +lpush +rpush +llen +sadd +smembers +brpop +zadd +zrem +zrevrangebyscore +hset +hget"
    " +hdel +watch +unwatch +set +get +del +evalsha +script|load",
    "beat": "+ping +multi +exec +lpush +llen +sadd +smembers",
}
OWN_SECRETS = {
    "api": ("api-secret-key",),
    "agent": ("api-secret-key",),
    "oauth-manager": ("api-secret-key", "oauth-encryption-key", "google-client-secret"),
    "sms-router": ("webhook-signing-key",),
}
SERVERS = ("postgres", "redis", *PORTS)

POSTGRES_CONF = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '/tmp'
ssl = on
ssl_cert_file = '/run/secrets/server.pem'
ssl_key_file = '/run/secrets/server.pem.key'
ssl_ca_file = '/run/secrets/callers.pem'
ssl_min_protocol_version = 'TLSv1.3'
fsync = off
"""
HOST_BASED = """
local all all trust
hostssl assistant all 127.0.0.1/32 scram-sha-256 clientcert=verify-full
"""
REDIS_CONF = """
port 0
tls-port 6379
unixsocket /tmp/redis.sock
tls-cert-file /run/secrets/server.pem
tls-key-file /run/secrets/server.pem.key
tls-ca-cert-file /run/secrets/callers.pem
tls-auth-clients yes
tls-protocols TLSv1.3
aclfile /run/secrets/users.acl
appendonly yes
appendfsync always
dir /data
"""
FRONT = """
defaults
    mode http
    timeout connect 1s
    timeout client 30s
    timeout server 30s
frontend front
    bind :{port} ssl crt /run/secrets/front.pem ca-file /run/secrets/callers.pem verify required ssl-min-ver TLSv1.3
    http-request set-header X-Rempart-Caller %[ssl_c_s_dn(cn)]
    default_backend application
backend application
    server application 127.0.0.1:{inner}
"""


class Furnishing:
    """Writes a folder of secret files for each service under `folder`, and says its environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = Authority("root")
        self.authorities = {name: Authority(f"callers of {name}") for name in SERVERS}
        self.passwords = {
            (caller, callee): secrets.token_hex(16) for caller in CALLS for callee in ("postgres", "redis")
        }
        self.secrets = {name: secrets.token_hex(32) for names in OWN_SECRETS.values() for name in names}
        self.former_signing_key = secrets.token_hex(32)
        self.secrets["oauth-encryption-key"] = base64.b64encode(secrets.token_bytes(32)).decode()
        for name in {*CALLS, *SERVERS}:
            (folder / name).mkdir(parents=True)
        for name in SERVERS:
            self._server(name)
        for caller, callees in CALLS.items():
            self._caller(caller, callees)
        self._write("postgres", "postgresql.conf", POSTGRES_CONF)
        self._write("postgres", "pg_hba.conf", HOST_BASED)
        self._write("postgres", "roles.sql", self._roles())
        self._write("redis", "redis.conf", REDIS_CONF)
        self._write("redis", "users.acl", self._users())

    def environment(self, name: str) -> dict[str, str]:
        """The variables of the service `name`."""
        env = {"PORT": str(PORTS[name] + 10000), "LOG_LEVEL": "DEBUG", "QUEUE_VISIBILITY_SECONDS": "31"}
        for callee in CALLS[name]:
            env |= _link(callee, name.replace("-", "_"))
        for secret in OWN_SECRETS.get(name, ()):
            env[f"{secret.upper().replace('-', '_')}_FILE"] = f"/run/secrets/{secret}"
        return env

    def _server(self, name: str) -> None:
        certificate, key = self.root.server(name)
        stem = "front" if name in PORTS else "server"
        self._write(name, f"{stem}.pem", certificate)
        self._write(name, f"{stem}.pem.key", key)
        self._write(name, "callers.pem", self.authorities[name].pem)
        if name in PORTS:
            self._write(name, "haproxy.cfg", FRONT.format(port=PORTS[name], inner=PORTS[name] + 10000))

    def _caller(self, caller: str, callees: tuple[str, ...]) -> None:
        self._write(caller, "root.pem", self.root.pem)
        for callee in callees:
            inner = f"{caller.replace('-', '_')}_g1" if callee in ("postgres", "redis") else caller
            certificate, key = self.authorities[callee].client(inner)
            self._write(caller, f"{callee}.pem", certificate)
            self._write(caller, f"{callee}.pem.key", key)
            if callee in ("postgres", "redis"):
                self._write(caller, f"{callee}.password", self.passwords[caller, callee])
        for secret in OWN_SECRETS.get(caller, ()):
            former = f"\n{self.former_signing_key}" if secret == "webhook-signing-key" else ""
            self._write(caller, secret, self.secrets[secret] + former)

    def _roles(self) -> str:
        callers = [caller for caller, callees in CALLS.items() if "postgres" in callees]
        return "REVOKE ALL ON DATABASE assistant FROM PUBLIC;" + "".join(
            f"CREATE ROLE {role} NOLOGIN; GRANT CONNECT ON DATABASE assistant TO {role};"
            f"CREATE ROLE {role}_g1 LOGIN PASSWORD '{self.passwords[caller, 'postgres']}'; GRANT {role} TO {role}_g1;"
            for caller in callers
            if (role := caller.replace("-", "_"))
        )

    def _users(self) -> str:
        lines = ["user default off"]
        for caller, callees in CALLS.items():
            if "redis" in callees:
                role = caller.replace("-", "_")
                hashed = hashlib.sha256(self.passwords[caller, "redis"].encode()).hexdigest()
                lines.append(f"user {role}_g1 on #{hashed} resetchannels -@all {COMMANDS[role]} {KEYS[role]}")
        return "\n".join([*lines, "user tester on nopass ~* &* +@all", ""])

    def _write(self, service: str, name: str, content: str | bytes) -> None:
        path = self.folder / service / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(0o400)


def _link(callee: str, role: str) -> dict[str, str]:
    prefix, run = callee.upper().replace("-", "_"), "/run/secrets"
    pair = f"{run}/{callee}.pem", f"{run}/{callee}.pem.key"
    if callee == "postgres":
        files = f"sslrootcert={run}/root.pem&sslcert={pair[0]}&sslkey={pair[1]}"
        url = f"postgresql://{role}_g1@postgres:5432/assistant?sslmode=verify-full&{files}"
    elif callee == "redis":
        files = f"ssl_ca_certs={run}/root.pem&ssl_certfile={pair[0]}&ssl_keyfile={pair[1]}"
        url = f"rediss://{role}_g1@redis:6379/0?ssl_cert_reqs=required&ssl_check_hostname=true&{files}"
    else:
        given = {"CA": f"{run}/root.pem", "CERT": pair[0], "KEY": pair[1]}
        named = {f"{prefix}_{what}_FILE": file for what, file in given.items()}
        return {f"{prefix}_URL": f"https://{callee}:{PORTS[callee]}", **named}
    return {f"{prefix}_URL": url, f"{prefix}_PASSWORD_FILE": f"{run}/{callee}.password"}
