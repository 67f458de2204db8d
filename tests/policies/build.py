"""Real resources that keep every rule, and changes to them."""

from __future__ import annotations

import base64
from contextvars import ContextVar
from itertools import count
from typing import Any

import pulumi
import pulumi_docker as docker
import pulumi_random as random
import pulumi_tls as tls

IMAGE = "rempart/app:sha256-" + "0" * 64
example: ContextVar[str] = ContextVar("example", default="example")
_numbers = count()


def named(what: str) -> str:
    """A resource name of the example at hand that no other has."""
    return f"{example.get()}-{next(_numbers)}-{what}"


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def labels(
    kind: str = "service", service: str = "api", zone: str = "applications", links: str = "", **more: str
) -> Any:
    held = {
        "stack": pulumi.get_stack(),
        "platform": "shop",
        "service": service,
        "zone": zone,
        "kind": kind,
        "links": links,
    }
    return [{"label": f"rempart.{name}", "value": value} for name, value in {**held, **more}.items()]


def service(
    spec: dict[str, Any] | None = None,
    task: dict[str, Any] | None = None,
    *,
    kind: str = "service",
    zone: str = "applications",
    called: str = "api",
    links: str = "",
    name: str = "service",
    opts: pulumi.ResourceOptions | None = None,
    **top: Any,
) -> docker.Service:
    """A Service that keeps every rule, but for the given properties; None leaves one out."""
    tags = labels(kind, called, zone, links)
    container = {
        "image": IMAGE,
        "init": True,
        "read_only": True,
        "user": "10001:10001",
        "cap_drops": ["ALL"],
        "stop_grace_period": "30s",
        "labels": tags,
        "env": {"PORT": "18000"},
        "args": ["apps.api"],
        "dns_config": {"nameservers": ["127.0.0.1"], "options": ["timeout:1", "attempts:1"]},
        "healthcheck": {"tests": ["CMD", "probe", "18000", "/ready", "/health"], "interval": "5s", "retries": 3},
        "mounts": [{"type": "tmpfs", "target": "/tmp", "tmpfs_options": {"size_bytes": 1 << 26}}],
    }
    work = {
        "container_spec": without_none(container | (spec or {})),
        "networks_advanceds": [{"id": "known"}],
        "resources": {"limits": {"memory_bytes": 1 << 27, "nano_cpus": 500_000_000}},
        "restart_policy": {"condition": "any", "delay": "1s", "window": "0s", "max_attempts": 0},
        "log_driver": {"name": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
    }
    settings = {
        "labels": tags,
        "task_spec": without_none(work | (task or {})),
        "mode": {"replicated": {"replicas": 2}},
        "endpoint_spec": {"mode": "dnsrr"},
        "update_config": {"order": "start-first", "failure_action": "rollback", "monitor": "20s"},
        "rollback_config": {"order": "start-first", "monitor": "20s"},
        "converge_config": {"delay": "1s", "timeout": "120s"},
    }
    return docker.Service(named(name), opts=opts, **without_none(settings | top))


def database(spec: dict[str, Any] | None = None, **top: Any) -> docker.Service:
    """A service that keeps data, and so runs once."""
    once: dict[str, Any] = {
        "kind": "database",
        "zone": "data",
        "called": "db",
        "mode": {"replicated": {"replicas": 1}},
        "update_config": {"order": "stop-first", "failure_action": "rollback", "monitor": "20s"},
        "rollback_config": {"order": "stop-first", "monitor": "20s"},
        "opts": pulumi.ResourceOptions(delete_before_replace=True),
    }
    return service(spec, **once | top)


def container(**changes: Any) -> docker.Container:
    """A Container that keeps every rule, but for the given properties; None leaves one out."""
    settings: dict[str, Any] = {
        "image": IMAGE,
        "init": True,
        "read_only": True,
        "user": "10001:10001",
        "capabilities": {"drops": ["ALL"]},
        "security_opts": ["no-new-privileges"],
        "envs": ["PORT=18000"],
        "command": ["apps.api"],
        "memory": 128,
        "cpus": "0.5",
        "restart": "unless-stopped",
        "networks_advanced": [{"name": "a-network", "aliases": ["api"]}],
        "healthcheck": {"tests": ["CMD", "probe", "18000", "/ready", "/health"], "interval": "5s", "retries": 3},
        "log_driver": "json-file",
        "log_opts": {"max-size": "10m", "max-file": "3"},
    }
    return docker.Container(named("container"), **without_none(settings | changes))


def network(
    link: str = "api-to-db", subnet: str = "10.64.0.0/27", gateway: str = "10.64.0.1", **changes: Any
) -> docker.Network:
    """The internal overlay of a link, but for the given properties."""
    settings: dict[str, Any] = {
        "driver": "overlay",
        "internal": True,
        "ipam_configs": [{"subnet": subnet, "gateway": gateway}],
        "labels": [{"label": "rempart.link", "value": link}],
    }
    return docker.Network(named("network"), **without_none(settings | changes))


def way_out(of: str = "egress", **changes: Any) -> docker.Network:
    """The network by which an edge or an egress gets out."""
    return network(internal=None, labels=[{"label": "rempart.way-out", "value": of}], **changes)


def in_base64(text: pulumi.Input[str]) -> pulumi.Output[str]:
    return pulumi.Output.from_input(text).apply(lambda known: base64.b64encode(known.encode()).decode())


def config(text: str, **changes: Any) -> docker.ServiceConfig:
    return docker.ServiceConfig(named("config"), data=base64.b64encode(text.encode()).decode(), **changes)


def secret(text: pulumi.Input[str], **changes: Any) -> docker.Secret:
    return docker.Secret(named("secret"), data=in_base64(text), **changes)


def mounted(held: docker.Secret, name: str = "/run/secrets/password", **changes: Any) -> dict[str, Any]:
    """A secret's file as its reader's own."""
    file = {"file_name": name, "file_mode": 0o400, "file_uid": "10001", "file_gid": "10001"}
    return {"secret_id": held.id, "secret_name": held.name, **without_none(file | changes)}


def with_config(held: docker.ServiceConfig, **changes: Any) -> dict[str, Any]:
    file = {"file_name": "/etc/front/haproxy.cfg", "file_mode": 0o444}
    return {"config_id": held.id, "config_name": held.name, **without_none(file | changes)}


def password(**changes: Any) -> random.RandomPassword:
    return random.RandomPassword(named("password"), **without_none({"length": 32, "special": False} | changes))


def key(**changes: Any) -> tls.PrivateKey:
    return tls.PrivateKey(named("key"), **without_none({"algorithm": "ECDSA", "ecdsa_curve": "P256"} | changes))


def request(of: tls.PrivateKey | None = None, **changes: Any) -> tls.CertRequest:
    settings = {
        "private_key_pem": (of or key()).private_key_pem,
        "subject": {"common_name": "api"},
        "dns_names": ["api"],
    }
    return tls.CertRequest(named("request"), **without_none(settings | changes))


def authority(of: tls.PrivateKey | None = None, **changes: Any) -> tls.SelfSignedCert:
    settings = {
        "private_key_pem": (of or key()).private_key_pem,
        "subject": {"common_name": "callers of api"},
        "is_ca_certificate": True,
        "allowed_uses": ["cert_signing", "crl_signing"],
        "validity_period_hours": 10 * 365 * 24,
    }
    return tls.SelfSignedCert(named("root"), **without_none(settings | changes))


def leaf(name: str = "certificate", **changes: Any) -> tls.LocallySignedCert:
    settings = {
        "ca_cert_pem": "a root's certificate",
        "ca_private_key_pem": "a root's key",
        "cert_request_pem": "a request",
        "allowed_uses": ["digital_signature", "server_auth"],
        "validity_period_hours": 90 * 24,
        "early_renewal_hours": 30 * 24,
    }
    return tls.LocallySignedCert(named(name), **without_none(settings | changes))


def volume(**changes: Any) -> docker.Volume:
    return docker.Volume(named("data"), **changes)


def memory_volume(**changes: Any) -> docker.Volume:
    return volume(driver="local", driver_opts={"type": "tmpfs", "device": "tmpfs"}, **changes)


def on(*networks: docker.Network) -> dict[str, Any]:
    """The part of a task that joins `networks`."""
    return {"networks_advanceds": [{"id": it.id, "aliases": ["api"]} for it in networks]}


def mounting(it: docker.Volume, target: str = "/data") -> dict[str, Any]:
    return {"mounts": [{"type": "volume", "source": it.name, "target": target}]}
