"""Examples for the family secrets: the stack's own, whose they are, and those that everybody knows."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pulumi
import pulumi_docker as docker
import pulumi_random as random
from pulumi import Output

from tests.policies.build import (
    config,
    container,
    in_base64,
    key,
    mounted,
    named,
    network,
    password,
    secret,
    service,
    with_config,
)
from tests.policies.examples import Examples

OURS = "Tr0ub4dor&3-of-the-shop"
DIGEST = "@sha256:" + "0" * 64
KNOWN = frozenset({
    "environments-hold-no-secret", "command-lines-hold-no-secret", "metadata-hold-no-secret", "configs-hold-no-secret",
})  # fmt: skip


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def with_ours(made: Callable[[], Any]) -> Callable[[], Any]:
    """A program whose secret is OURS, and whatever else it makes."""

    def program() -> None:
        service({"secrets": [mounted(secret(OURS))]})
        made()

    return program


def read_by(*services: str, readers: str | None = None, of: Any = OURS) -> Any:
    """A secret with this label, mounted by these services."""
    labels = [{"label": "rempart.readers", "value": readers}] if readers is not None else None
    held = secret(of, labels=labels)
    for name in services:
        service({"secrets": [mounted(held)]}, called=name)


def twice(first: Any, second: Any) -> Any:
    held = [mounted(secret(value), f"/run/secrets/{index}") for index, value in enumerate((first, second))]
    service({"secrets": held})


def twice_from_one_generator() -> None:
    made = password()
    twice(made.result, made.result)


def since(day: str | None, rotates: str | None = None) -> Any:
    labels: Any = [{"label": "rempart.since", "value": day}] if day else []
    labels += [{"label": "rempart.rotates", "value": rotates}] if rotates else []
    held = docker.Secret(named("secret"), data=in_base64(password().result), labels=labels)
    service({"secrets": [mounted(held)]})


def provider(**settings: Any) -> pulumi.ProviderResource:
    return docker.Provider(named("provider"), host="ssh://deploy@node", **settings)


def image(**build: Any) -> docker.RemoteImage:
    settings: Any = {"context": ".", **build}
    return docker.RemoteImage(named("image"), name="shop" + DIGEST, build=settings)


def plugin(*envs: str) -> docker.Plugin:
    return docker.Plugin(named("plugin"), name="store" + DIGEST, envs=list(envs))


EXAMPLES = {
    "own-secrets-stand-nowhere-else": Examples(
        also=KNOWN,
        breaks=[
            with_ours(lambda: service({"env": {"GREETING": OURS}})),
            with_ours(lambda: service({"env": {"GREETING": encoded("user:" + OURS)}})),
            with_ours(lambda: service({"args": ["--x", OURS.encode().hex()]})),
            with_ours(lambda: service({"args": [f"https://host/?q={quote(OURS)}"]})),
            with_ours(lambda: service({"env": {"A": OURS[:11], "B": OURS[11:]}})),
            with_ours(lambda: config("x = " + json.dumps(OURS))),
            with_ours(lambda: network(labels=[{"label": "rempart.link", "value": OURS}])),
            with_ours(lambda: container(envs=[f"X={OURS}"])),
        ],
        keeps=[
            with_ours(service),
            with_ours(lambda: service({"env": {"PASSWORD_FILE": "/run/secrets/password"}})),
            with_ours(lambda: service({"env": {"A": OURS[:11], "B": "of-another"}})),
        ],
    ),
    "generated-secrets-reach-secrets-only": Examples(
        also=KNOWN | {"sealed-values-stay-in-secrets", "users-are-not-root", "default-credentials-are-not-used",
                      "addresses-are-encrypted", "verification-is-never-switched-off", "databases-are-verified",
                      "caches-are-verified", "the-engine-is-out-of-reach"},
        breaks=[
            lambda: service({"env": {"X": password().result}}),
            lambda: network(labels=[{"label": "x", "value": key().private_key_pem}]),
            lambda: container(hostname=random.RandomBytes(named("bytes"), length=16).hex),
        ],
        keeps=[
            lambda: service({"secrets": [mounted(secret(password().result))]}),
            lambda: service({"hostname": random.RandomPet(named("pet")).id}),
            key,
        ],
    ),
    "secrets-are-read-by-their-owners-only": Examples(
        breaks=[
            lambda: read_by("one", "two"),
            lambda: read_by("one", readers="two"),
            lambda: read_by("one", "two", readers="two"),
            lambda: read_by("one", readers="*", of=password().result),
        ],
        keeps=[
            lambda: read_by("one"),
            lambda: read_by("one", "two", readers="one,two"),
            lambda: read_by("one", "two", readers="*"),
        ],
    ),
    "values-have-one-name": Examples(
        breaks=[
            lambda: twice(OURS, OURS),
            twice_from_one_generator,
            lambda: [twice(OURS, OURS + "1"), read_by("one", of=OURS)],
        ],
        keeps=[
            lambda: twice(OURS, OURS + "1"),
            lambda: twice(password().result, password().result),
            lambda: twice(Output.all(password().result, password().result).apply(":".join), OURS),
        ],
    ),
    "secrets-are-rotated": Examples(
        breaks=[
            lambda: since("2026-01-01"),
            lambda: since("2025-01-01", "encryption"),
            lambda: since("2026-01-01", "oauth"),
            lambda: service({"secrets": [mounted(secret(password(keepers={"made": "2020-02-29"}).result))]}),
        ],
        keeps=[
            lambda: since("2026-11-01"),
            lambda: since("2026-06-01", "oauth"),
            lambda: since("2026-01-01", "encryption"),
            lambda: since(None),
        ],
    ),
    "secrets-say-since-when": Examples(
        stack="prod",
        also=frozenset({"stacks-are-monitored"}),
        breaks=[lambda: since(None), lambda: since(None, "oauth"), lambda: [since("2026-11-01"), since(None)]],
        keeps=[lambda: since("2026-11-01"), lambda: read_by("one"), service],
    ),
    "builds-are-given-no-secret": Examples(
        breaks=[
            lambda: image(build_args={"NPM_TOKEN": "abcdefgh12345678"}),
            lambda: image(labels={"note": "AKIA" + "Q3EGZQ7LXMB4T5RU"}),
            lambda: docker.Image(
                named("image"), image_name="shop:3", build={"context": ".", "args": {"DB_PASSWORD": "hunter2hunter2"}}
            ),
        ],
        keeps=[
            lambda: image(build_args={"VERSION": "1.2.3", "TOKEN_TTL": "3600"}),
            lambda: image(secrets=[{"id": "npm", "src": ".npmrc"}]),
            lambda: image(build_args={"LEVEL": "info"}, labels={"maintainer": "shop"}),
        ],
    ),
    "plugins-and-builders-hold-no-secret": Examples(
        breaks=[
            lambda: plugin("S3_SECRET_KEY=abcdefgh12345678"),
            lambda: plugin("URL=https://shop:s3cretly@store.example/"),
            lambda: docker.BuildxBuilder(named("builder"), driver_options={"env.TOKEN": "abcdefgh12345678"}),
        ],
        keeps=[
            lambda: plugin("LEVEL=info", "SECRET_FILE=/etc/store.key"),
            plugin,
            lambda: docker.BuildxBuilder(named("builder"), driver_options={"network": "none"}),
        ],
    ),
    "registry-credentials-stay-out-of-the-state": Examples(
        breaks=[
            lambda: provider(registry_auth=[{"address": "registry.example", "username": "u", "password": "hunter2"}]),
            lambda: service(auth={"server_address": "registry.example", "username": "u", "password": "hunter2"}),
            lambda: image(auth_configs=[{"host_name": "registry.example", "password": Output.secret("hunter2")}]),
        ],
        keeps=[
            provider,
            lambda: provider(registry_auth=[{"address": "registry.example", "auth_disabled": True}]),
            lambda: service(auth={"server_address": "registry.example"}),
        ],
    ),
    "provider-keys-are-secret": Examples(
        breaks=[
            lambda: provider(key_material="the key"),
            lambda: provider(key_material="the key", ca_material="the root"),
            lambda: provider(key_material="", cert_path="/etc/docker"),
        ],
        keeps=[provider, lambda: provider(key_material=Output.secret("the key")), lambda: provider(ca_material="root")],
    ),
    "default-credentials-are-not-used": Examples(
        also=KNOWN | {"secrets-hold-something", "servers-are-started-with-tls"},
        breaks=[
            lambda: service({"env": {"POSTGRES_PASSWORD": "postgres"}}),
            lambda: service({"env": {"POSTGRES_HOST_AUTH_METHOD": "trust"}}),
            lambda: service({"env": {"ALLOW_EMPTY_PASSWORD": "yes"}}),
            lambda: service({"env": {"QUEUE": "amqps://guest:guest@queue/"}}),
            lambda: service({"secrets": [mounted(secret("minioadmin"))]}),
            lambda: container(command=["redis-server", "--requirepass", "redis"]),
            lambda: container(envs=["NEO4J_AUTH=none"]),
        ],
        keeps=[
            service,
            lambda: service({"env": {"POSTGRES_PASSWORD_FILE": "/run/secrets/postgres.password"}}),
            lambda: service({"env": {"ALLOW_EMPTY_PASSWORD": "no", "POSTGRES_USER": "postgres"}}),
        ],
    ),
    "images-are-not-left-to-their-defaults": Examples(
        also=frozenset({"servers-are-started-with-tls"}),
        breaks=[
            lambda: service({"image": "rabbitmq:3" + DIGEST}),
            lambda: service({"image": "registry.example/mongo:7" + DIGEST, "args": None}),
            lambda: service({"image": "redis:7" + DIGEST, "args": ["redis-server", "--appendonly", "yes"]}),
            lambda: container(image="grafana/grafana" + DIGEST),
            lambda: container(image="minio/minio" + DIGEST, command=["server", "/data"]),
        ],
        keeps=[
            lambda: service({
                "image": "rabbitmq:3" + DIGEST, "env": {"RABBITMQ_DEFAULT_PASS_FILE": "/run/secrets/rabbitmq.password"}
            }),
            lambda: service({"image": "rabbitmq:3" + DIGEST, "configs": [with_config(config("x = y\n"))]}),
            lambda: service({"image": "redis:7" + DIGEST, "args": ["redis-server", "/etc/redis/redis.conf"]}),
            lambda: container(image="mongo:7" + DIGEST, command=["mongod", "--auth"]),
            lambda: container(image="redis:7" + DIGEST, command=["redis-cli", "ping"]),
        ],
    ),
    "configurations-hold-no-default-credentials": Examples(
        also=KNOWN | {"uploads-hold-no-secret", "brokers-speak-tls13-only"},
        breaks=[
            lambda: config("default_user = guest\ndefault_pass = guest\n"),
            lambda: config("security:\n  authorization: disabled\n"),
            lambda: container(uploads=[{"file": "/etc/grafana.ini", "content": "admin_password = admin\n"}]),
        ],
        keeps=[
            lambda: config("default_pass_file = /run/secrets/rabbitmq.password\n"),
            lambda: config("security:\n  authorization: enabled\n"),
            lambda: config("user = postgres\n"),
        ],
    ),
}  # fmt: skip
