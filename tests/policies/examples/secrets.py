"""Examples for the family secrets. Nothing here opens anything: the secrets are made up in the formats of real ones."""

import base64
from typing import Any

import pulumi_random as random
from pulumi import Output

from tests.policies.build import (
    config,
    container,
    mounted,
    named,
    network,
    password,
    secret,
    service,
    volume,
    with_config,
)
from tests.policies.examples import Examples

AWS = "AKIA" + "Q3EGZQ7LXMB4T5RU"
GITHUB = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
PRIVATE = "-----BEGIN " + "EC PRIVATE KEY-----\nMHcCAQEEIB\n-----END EC PRIVATE KEY-----"
JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
RANDOM = "q7Zt2Lx9Vb4Nc8Kd1Mf6Pg3Rh5Sj0Tw"
PUBLIC = (
    "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ7Zt2Lx9Vb4Nc8Kd1Mf6Pg3Rh5SjAKBggqhkjO\n-----END CERTIFICATE-----"
)
COMMIT = "9f2d4c6b8a0e1f3d5c7b9a8e6f4d2c0b1a3e5f70"
UUID = "3d6f0a52-7c1e-4b8e-9a53-2f64b7c1d0e9"
OURS = "correct horse battery staple"


def env(**variables: Any) -> dict[str, Any]:
    return {"env": variables}


def with_secret(name: str = "/run/secrets/password", user: str = "10001:10001", **file: Any) -> Any:
    """A service that mounts a secret with these differences."""
    service({"user": user, "secrets": [mounted(secret(named(OURS)), name, **file)]})


def with_mode(mode: int | None) -> Any:
    service({"configs": [with_config(config("level = info"), file_mode=mode)]})


def made_from(value: Any) -> Any:
    """A secret of this value, and its reader."""
    service({"secrets": [mounted(secret(value))]})


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


EXAMPLES = {
    "environments-hold-no-secret": Examples(
        breaks=[
            lambda: service(env(DB_PASSWORD="hunter2hunter2")),
            lambda: service(env(SETTING=AWS)),
            lambda: service(env(JWT_SIGNING_KEY="a-long-phrase-of-ours")),
            lambda: service(env(DATABASE="https://shop:s3cretly@db.example/shop")),
            lambda: service(env(BLOB=RANDOM)),
            lambda: service(env(PEM=PRIVATE)),
            lambda: container(envs=[f"GITHUB={GITHUB}"]),
        ],
        keeps=[
            lambda: service(env(DB_PASSWORD_FILE="/run/secrets/db.password", MAX_TOKENS="4096", TOKEN_TTL="3600")),
            lambda: service(env(BUILD=COMMIT, REQUEST_ID=UUID, IMAGE="app@sha256:" + "0f" * 32)),
            lambda: service(env(ROOT=PUBLIC, PASSWORD_POLICY="strong", API_URL="https://api:8000/v1")),
            lambda: container(envs=["PASSWORD=", "SECRET=$SECRET", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin"]),
        ],
    ),
    "command-lines-hold-no-secret": Examples(
        breaks=[
            lambda: service({"args": ["serve", "--password", "hunter2hunter2"]}),
            lambda: service({"args": [f"--token={JWT}"]}),
            lambda: service({"commands": ["sh", "-c", "API_KEY=abcdefgh1234 exec app"]}),
            lambda: service(
                {"healthcheck": {"tests": ["CMD", "redis-cli", "-u", "rediss://u:pass1234@redis"], "interval": "5s"}}
            ),
            lambda: container(command=["app", f"--blob={RANDOM}"]),
        ],
        keeps=[
            lambda: service({"args": ["serve", "--password-file", "/run/secrets/password"]}),
            lambda: service({"args": ["--secret=$SECRET", "--token-ttl=3600"]}),
            lambda: container(command=["app", "--revision", COMMIT]),
        ],
    ),
    "metadata-hold-no-secret": Examples(
        breaks=[
            lambda: network(
                labels=[{"label": "owner.token", "value": "abcd1234efgh"}, {"label": "rempart.link", "value": "a"}]
            ),
            lambda: service(
                task={
                    "log_driver": {"name": "json-file", "options": {"max-size": "1m", "max-file": "3", "labels": AWS}}
                }
            ),
            lambda: service({"hostname": GITHUB}),
            lambda: volume(driver_opts={"type": "cifs", "o": "addr=nas", "password": "hunter2hunter2"}),
            lambda: container(labels=[{"label": "note", "value": JWT}]),
        ],
        keeps=[
            service,
            lambda: network(
                labels=[{"label": "revision", "value": COMMIT}, {"label": "rempart.link", "value": "a-to-b"}]
            ),
            lambda: volume(driver_opts={"type": "tmpfs", "o": "size=1m,mode=0700"}),
        ],
    ),
    "configs-hold-no-secret": Examples(
        also=frozenset({"given-certificates-are-strong"}),
        breaks=[
            lambda: config("db_password = hunter2hunter2\n"),
            lambda: config(PRIVATE),
            lambda: config(
                "receivers:\n- slack_configs:\n  - api_url: https://hooks.slack.com/services/T0/B0/abcdefghijklmnop\n"
            ),
            lambda: config("ALTER ROLE api PASSWORD 'hunter2hunter2';\n"),
            lambda: config("upstream: https://shop:s3cretly@api.example/\n"),
        ],
        keeps=[
            lambda: config("password_file: /run/secrets/db.password\nlevel: info\n"),
            lambda: config(PUBLIC),
            lambda: config("CREATE TABLE oauth_tokens (token_ciphertext bytea NOT NULL);\n-- password = none\n"),
        ],
    ),
    "uploads-hold-no-secret": Examples(
        breaks=[
            lambda: container(uploads=[{"file": "/key.pem", "content": PRIVATE}]),
            lambda: container(uploads=[{"file": "/app.env", "content": "TOKEN=abcdefgh12345678"}]),
            lambda: container(uploads=[{"file": "/app.env", "content_base64": in_base64(f"x={AWS}")}]),
        ],
        keeps=[
            container,
            lambda: container(uploads=[{"file": "/root.pem", "content": PUBLIC}]),
            lambda: container(uploads=[{"file": "/app.conf", "content_base64": in_base64("level = info")}]),
        ],
    ),
    "sealed-values-stay-in-secrets": Examples(
        also=frozenset({"configs-hold-no-secret", "environments-hold-no-secret"}),
        breaks=[
            lambda: service(env(GREETING=Output.secret("hello there"))),
            lambda: service({"args": ["--name", Output.secret("a name")]}),
            lambda: network(driver=Output.secret("overlay")),
            lambda: container(hostname=Output.secret("host")),
        ],
        keeps=[lambda: made_from(Output.secret(OURS)), service, lambda: config("level = info")],
    ),
    "secret-files-are-for-their-reader-only": Examples(
        breaks=[
            lambda: with_secret(file_mode=None),
            lambda: with_secret(file_mode=0o444),
            lambda: with_secret(file_mode=0o440),
        ],
        keeps=[with_secret, service, lambda: with_secret("/run/secrets/front.pem.key")],
    ),
    "secret-files-belong-to-their-reader": Examples(
        breaks=[
            lambda: with_secret(file_uid="0"),
            lambda: with_secret(file_uid=None),
            lambda: with_secret(file_gid="0"),
        ],
        keeps=[
            with_secret,
            lambda: with_secret(user="999:999", file_uid="999", file_gid="999"),
            lambda: with_secret(user="10001", file_gid="7"),
        ],
    ),
    "secret-files-have-stable-paths": Examples(
        breaks=[
            lambda: with_secret("password"),
            lambda: with_secret("/etc/password"),
            lambda: with_secret("/run/secrets/../password"),
            lambda: service({"secrets": [mounted(secret(OURS)), mounted(secret(OURS + "!"))]}),
        ],
        keeps=[
            with_secret,
            lambda: with_secret("/run/secrets/oauth-manager.pem.key"),
            lambda: service({"secrets": [mounted(secret(OURS)), mounted(secret(OURS + "!"), "/run/secrets/other")]}),
        ],
    ),
    "config-files-are-not-writable": Examples(
        breaks=[
            lambda: with_mode(0o644),
            lambda: with_mode(0o777),
            lambda: with_mode(0o4444),
        ],
        keeps=[lambda: with_mode(0o444), lambda: with_mode(None), lambda: with_mode(0o555)],
    ),
    "secrets-are-used": Examples(
        breaks=[
            lambda: secret(OURS),
            lambda: [secret(OURS), service()],
            lambda: [secret(OURS), with_secret()],
        ],
        keeps=[with_secret, service, lambda: [with_secret(), with_secret()]],
    ),
    "configs-are-used": Examples(
        breaks=[
            lambda: config("level = info"),
            lambda: [config("level = info"), service()],
            lambda: [config("level = info"), with_mode(0o444)],
        ],
        keeps=[lambda: with_mode(0o444), service, lambda: [with_mode(0o444), with_mode(0o400)]],
    ),
    "passwords-are-long": Examples(
        breaks=[
            lambda: password(length=12),
            lambda: password(length=23),
            lambda: password(upper=False, numeric=False),
        ],
        keeps=[password, lambda: password(length=24), lambda: password(length=64, special=True, upper=False)],
    ),
    "keys-have-enough-bytes": Examples(
        breaks=[
            lambda: random.RandomBytes(named("bytes"), length=8),
            lambda: random.RandomBytes(named("bytes"), length=15),
            lambda: random.RandomBytes(named("bytes"), length=1),
        ],
        keeps=[
            lambda: random.RandomBytes(named("bytes"), length=32),
            lambda: random.RandomBytes(named("bytes"), length=16),
            lambda: random.RandomBytes(named("bytes"), length=64),
        ],
    ),
    "secrets-hold-something": Examples(
        breaks=[lambda: made_from(""), lambda: made_from("1234567"), lambda: made_from("       \n")],
        keeps=[lambda: made_from(OURS), lambda: made_from(password().result), lambda: made_from("a1b2c3d4")],
    ),
    "weak-generators-make-no-secret": Examples(
        breaks=[
            lambda: made_from(random.RandomString(named("string"), length=32).result),
            lambda: made_from(random.RandomId(named("id"), byte_length=32).hex),
            lambda: made_from(random.RandomUuid(named("uuid")).result),
        ],
        keeps=[
            lambda: made_from(password().result),
            lambda: made_from(random.RandomBytes(named("bytes"), length=32).base64),
            lambda: made_from(OURS),
        ],
    ),
}
