"""A Swarm service of ours: what differs is given, what must hold for all is written here once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_docker as docker
from pulumi import ResourceOptions

from components.component import USER, Component
from components.files import ConfigFile, SecretFile
from diagram import Health, Reservation
from diagram.description import Memory, in_bytes

MEGABYTE = 1024**2
BILLION = 1_000_000_000
RETRIES = 3
PATIENCE = 30
"""Seconds after which a health check has failed: `well` looks for 20 s, and each of its looks ends within 8 s."""
UNTIL_WELL = 1
"""Seconds between two starts of `well`, which keeps to the service's interval itself once the service was well."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What the containers of one service are given."""

    name: str
    """Its name in the diagram; also the alias by which callers find it."""
    member_of: str = ""
    """The service of the diagram, for a member of a set that has a name of its own."""
    kind: str
    zone: str
    image: str
    check: Sequence[str]
    """The health check: a program and its arguments."""
    has_well: bool = True
    """Whether its image is ours: `well` is in it, by which one start of a health check looks several times."""
    cpus: float
    memory: Memory
    health: Health
    grace: int
    platform: str
    args: Sequence[str] = ()
    replicas: int = 1
    reserves: Reservation | None = None
    runs_on: str | None = None
    """The role of its nodes."""
    env: Mapping[str, str] = field(default_factory=dict)
    secrets: Sequence[SecretFile] = ()
    configs: Sequence[ConfigFile] = ()
    mounts: Sequence[Mapping[str, Any]] = ()
    called_on: Sequence[docker.Network] = ()
    """The networks on which it answers by its name."""
    calls_on: Sequence[docker.Network] = ()
    links: Sequence[str] = ()
    ports: Sequence[Mapping[str, Any]] = ()
    stop_signal: str = "SIGTERM"
    single: bool = False
    """At most one task at any time: it stops before it starts again."""
    resolves_outside: bool = False
    user: int = USER
    """The system user and group; another for an image that is not ours."""


def service(owner: Component, task: Task, after: Sequence[docker.Service] = ()) -> docker.Service:
    """The service: hardened, health-gated, replaced without a gap where that is possible, rolled back when it fails.

    It is made once those in `after` are healthy.
    """
    order = "stop-first" if task.single else "start-first"
    rollout: Any = {"parallelism": 1, "delay": "0s", "order": order, "max_failure_ratio": "0.0"}
    rollout |= {"monitor": written(task.health.interval * RETRIES + 2)}
    failing: Any = {**rollout, "failure_action": "rollback"}
    turning_back: Any = {**rollout, "failure_action": "pause"}
    endpoint: Any = {"mode": "dnsrr"} | ({"ports": [dict(port) for port in task.ports]} if task.ports else {})
    specification: Any = {
        "container_spec": _container(task),
        "networks_advanceds": _networks(task),
        "resources": _resources(task),
        "restart_policy": {"condition": "any", "delay": "1s", "window": "0s", "max_attempts": 0},
        "log_driver": {"name": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
    }
    if task.runs_on:
        specification["placement"] = {"constraints": [f"node.labels.rempart.{task.runs_on} == yes"]}
    return docker.Service(
        owner.child("service"),
        labels=_labels(task),
        task_spec=specification,
        mode={"replicated": {"replicas": task.replicas}},
        endpoint_spec=endpoint,
        update_config=failing,
        rollback_config=turning_back,
        converge_config={"delay": "500ms", "timeout": written(task.health.start * 5)},
        opts=ResourceOptions(parent=owner, delete_before_replace=task.single, depends_on=list(after)),
    )


def _healthcheck(task: Task) -> dict[str, Any]:
    every = task.health.interval
    check = ("well", str(every), *task.check) if task.has_well else task.check
    return {
        "tests": ["CMD", *check],
        "interval": written(UNTIL_WELL if task.has_well else every),
        "timeout": written(PATIENCE),
        "retries": RETRIES,
        "start_period": written(task.health.start),
    }


def _resources(task: Task) -> dict[str, Any]:
    limits = {"memory_bytes": in_bytes(task.memory), "nano_cpus": int(task.cpus * BILLION)}
    if not task.reserves:
        return {"limits": limits}
    sure = {"memory_bytes": in_bytes(task.reserves.memory), "nano_cpus": int(task.reserves.cpus * BILLION)}
    return {"limits": limits, "reservation": sure}


def _labels(task: Task) -> list[Any]:
    labels = {
        "rempart.kind": task.kind,
        "rempart.links": ",".join(sorted(task.links)),
        "rempart.platform": task.platform,
        "rempart.service": task.member_of or task.name,
        "rempart.stack": pulumi.get_stack(),
        "rempart.zone": task.zone,
    }
    return [{"label": label, "value": value} for label, value in labels.items()]


def _container(task: Task) -> dict[str, Any]:
    # The containers' own resolver answers for service names; there is nobody behind it to ask for the rest.
    resolver = {"nameservers": ["127.0.0.1"], "options": ["timeout:1", "attempts:1"]}
    return {
        "image": task.image,
        "args": list(task.args),
        "env": dict(sorted(task.env.items())),
        "labels": _labels(task),
        "user": f"{task.user}:{task.user}",
        "init": True,
        "read_only": True,
        "cap_drops": ["ALL"],
        "stop_signal": task.stop_signal,
        "stop_grace_period": written(task.grace),
        "mounts": [tmpfs("/tmp", 64), *(dict(mount) for mount in task.mounts)],
        "secrets": [file.mounted(task.user) for file in task.secrets],
        "configs": [file.mounted(task.user) for file in task.configs],
        "healthcheck": _healthcheck(task),
        **({} if task.resolves_outside else {"dns_config": resolver}),
    }


def _networks(task: Task) -> list[dict[str, Any]]:
    called = [{"id": network.id, "aliases": [task.name]} for network in task.called_on]
    return called + [{"id": network.id} for network in task.calls_on]


def written(seconds: int) -> str:
    """A duration as the plugin reads it back (`1m30s`): in any other form each preview would change the service."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    whole = f"{hours}h{minutes}m{rest}s" if hours else f"{minutes}m{rest}s" if minutes else f"{rest}s"
    for empty in ("m0s", "h0m"):
        whole = whole[:-2] if whole.endswith(empty) else whole
    return whole


def tmpfs(target: str, megabytes: int) -> dict[str, Any]:
    """A mount in memory, of a limited size, and 1777 as Docker makes it: the plugin reads no sticky bit back."""
    return {"type": "tmpfs", "target": target, "tmpfs_options": {"size_bytes": megabytes * MEGABYTE}}


def volume(
    source: pulumi.Input[str], target: str, *, read_only: bool = False, made: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A mount of a named volume. A node that does not know it yet makes it with the driver's options `made`."""
    options = {"volume_options": {"driver_name": "local", "driver_options": dict(made)}} if made else {}
    return {"type": "volume", "source": source, "target": target, "read_only": read_only, **options}
