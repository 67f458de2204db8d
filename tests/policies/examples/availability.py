"""Examples for the family availability."""

from typing import Any

import pulumi_docker as docker
from pulumi import ResourceOptions

from tests.policies.build import (
    config,
    container,
    database,
    in_base64,
    memory_volume,
    mounting,
    named,
    network,
    service,
    volume,
)
from tests.policies.examples import Examples


def check(**changes: Any) -> dict[str, Any]:
    """A health check with these differences."""
    return {"healthcheck": {"tests": ["CMD", "probe"], "interval": "5s", "retries": 3, **changes}}


def restart(**changes: Any) -> dict[str, Any]:
    policy = {"condition": "any", "delay": "1s", "window": "0s", "max_attempts": 0, **changes}
    return {"restart_policy": {name: value for name, value in policy.items() if value is not None}}


def update(**changes: Any) -> dict[str, Any]:
    settings = {"order": "start-first", "failure_action": "rollback", "monitor": "20s", **changes}
    return {"update_config": {name: value for name, value in settings.items() if value is not None}}


WATCHED: Any = {
    "update_config": {"order": "start-first", "failure_action": "rollback", "monitor": "70s"},
    "rollback_config": {"order": "start-first", "monitor": "70s"},
}


def auto_named() -> docker.Network:
    """What a provider's check makes of a network without a name."""
    logical = named("network")
    return docker.Network(
        logical,
        name=f"{logical}-0123abc",
        driver="overlay",
        internal=True,
        ipam_configs=[{"subnet": "10.0.0.0/27", "gateway": "10.0.0.1"}],
    )


EXAMPLES = {
    "health-checks-ask-the-service": Examples(
        also=frozenset({"health-checks-speak-the-protocol", "health-checks-notice-in-time"}),
        breaks=[
            lambda: service({"healthcheck": None}),
            lambda: service(check(tests=["NONE"])),
            lambda: service(check(tests=["CMD", "true"])),
            lambda: service(check(tests=["CMD-SHELL", "exit 0"])),
            lambda: service(check(interval="1s", tests=["CMD", "well", "5", "true"])),
            lambda: service(check(tests=["CMD", "sh", "-c", "true"])),
            lambda: service(check(tests=["CMD-SHELL", "probe 18000 || true"])),
            lambda: service(check(tests=["CMD-SHELL", "ls /"])),
            lambda: container(healthcheck={"tests": ["CMD", "kill", "-0", "1"], "interval": "5s"}),
            lambda: container(healthcheck=None),
        ],
        keeps=[
            service,
            container,
            lambda: service(check(tests=["CMD", "test", "-f", "/tmp/ready"])),
            lambda: service(check(tests=["CMD-SHELL", "pg_isready || exit 1"])),
        ],
    ),
    "health-checks-notice-in-time": Examples(
        also=frozenset({"rollbacks-are-configured"}),
        breaks=[
            lambda: service(check(interval="5m"), **update(monitor="20m")),
            lambda: service(check(interval="30s", retries=5), **update(monitor="4m")),
            lambda: service(check(interval="1s", tests=["CMD", "well", "30", "probe"]), **update(monitor="4m")),
            lambda: container(healthcheck={"tests": ["CMD", "probe"]}),
        ],
        keeps=[service, container, lambda: service(check(interval="20s", retries=3), **WATCHED)],
    ),
    "services-always-come-back": Examples(
        breaks=[
            lambda: service(task=restart(condition="on-failure")),
            lambda: service(task=restart(max_attempts=5)),
            lambda: service(task=restart(delay=None)),
            lambda: service(task=restart(condition="none")),
        ],
        keeps=[service, lambda: service(task=restart(max_attempts=None)), lambda: service(task=restart(delay="5s"))],
    ),
    "restart-windows-are-written-out": Examples(
        breaks=[
            lambda: service(task=restart(window=None)),
            lambda: service(task=restart(window="5s")),
            lambda: service(task=restart(window="0")),
        ],
        keeps=[service, database, lambda: service(task=restart(delay="5s"))],
    ),
    "containers-always-come-back": Examples(
        breaks=[
            lambda: container(restart=None),
            lambda: container(restart="no"),
            lambda: container(restart="on-failure", max_retry_count=5),
            lambda: container(rm=True),
        ],
        keeps=[container, lambda: container(restart="always"), lambda: container(restart="unless-stopped", wait=True)],
    ),
    "updates-wait-for-the-service": Examples(
        breaks=[
            lambda: service(converge_config=None),
            lambda: service(converge_config={"delay": "1s"}),
            lambda: database(converge_config=None),
        ],
        keeps=[
            service,
            lambda: service(converge_config={"timeout": "5m"}),
            lambda: service(converge_config=None, mode={"global_": True}),
        ],
    ),
    "failed-updates-roll-back": Examples(
        breaks=[
            lambda: service(**update(failure_action=None)),
            lambda: service(**update(failure_action="pause")),
            lambda: service(**update(failure_action="continue")),
            lambda: service(**update(monitor=None)),
            lambda: service(**update(monitor="14s")),
            lambda: service(check(interval="1s", tests=["CMD", "well", "5", "probe"]), **update(monitor="14s")),
            lambda: service(**update(max_failure_ratio="0.5")),
        ],
        keeps=[service, database, lambda: service(check(interval="1s"), **update(monitor="5s"))],
    ),
    "rollbacks-are-configured": Examples(
        breaks=[
            lambda: service(rollback_config=None),
            lambda: service(rollback_config={"order": "stop-first", "monitor": "20s"}),
            lambda: service(rollback_config={"monitor": "20s"}),
        ],
        keeps=[
            service,
            database,
            lambda: database(rollback_config={"monitor": "20s"}),
        ],
    ),
    "stateless-services-start-first": Examples(
        also=frozenset({"rollbacks-are-configured"}),
        breaks=[
            lambda: service(**update(order="stop-first")),
            lambda: service(**update(order=None)),
            lambda: service(kind="workers", **update(order="stop-first")),
        ],
        keeps=[
            service,
            database,
            lambda: database(mounting(volume()), kind="service"),
            lambda: service(
                kind="edge",
                endpoint_spec={
                    "mode": "dnsrr",
                    "ports": [{"target_port": 8443, "published_port": 443, "publish_mode": "host"}],
                },
                **update(order="stop-first"),
                rollback_config={"order": "stop-first", "monitor": "20s"},
            ),
        ],
    ),
    "stateful-services-run-once": Examples(
        also=frozenset({"rollbacks-are-configured"}),
        breaks=[
            lambda: database(mode={"replicated": {"replicas": 2}}),
            lambda: database(**update(), rollback_config={"order": "start-first"}),
            lambda: database(opts=None),
            lambda: database(kind="cache", mode={"global_": True}),
            lambda: service(mounting(volume())),
        ],
        keeps=[database, service, lambda: database(kind="cache")],
    ),
    "services-have-time-to-stop": Examples(
        breaks=[
            lambda: service({"stop_grace_period": "1s"}),
            lambda: service({"stop_grace_period": None}),
            lambda: service({"stop_grace_period": "9999ms"}),
            lambda: container(stop_timeout=1),
        ],
        also=frozenset({"stops-outlast-drains"}),
        keeps=[service, lambda: service({"stop_grace_period": "10s"}), lambda: service({"stop_grace_period": "1m30s"})],
    ),
    "names-fail-fast": Examples(
        breaks=[
            lambda: service({"dns_config": {"nameservers": ["127.0.0.1"]}}),
            lambda: service({"dns_config": {"nameservers": ["127.0.0.1"], "options": ["timeout:1"]}}),
            lambda: service({"dns_config": {"nameservers": ["127.0.0.1"], "options": ["timeout:9", "attempts:1"]}}),
        ],
        keeps=[service, database, lambda: service({"dns_config": None}, kind="egress", zone="dmz")],
    ),
    "modes-are-written-out": Examples(
        breaks=[
            lambda: service(mode=None),
            lambda: service(mode={"global_": False}),
            lambda: database(mode={}),
        ],
        keeps=[service, lambda: service(mode={"global_": True}), lambda: service(mode={"replicated": {"replicas": 5}})],
    ),
    "replaceable-objects-are-auto-named": Examples(
        breaks=[
            lambda: network(name="front"),
            lambda: config("level = info", name="app.conf"),
            lambda: docker.Secret(named("secret"), data=in_base64("long enough"), name="db_password"),
            lambda: docker.Secret(named("secret"), data=in_base64("long enough"), name="secret-0123abc"),
        ],
        keeps=[service, network, lambda: config("level = info"), auto_named],
    ),
    "data-volumes-are-protected": Examples(
        stack="prod",
        breaks=[
            volume,
            lambda: volume(driver="local"),
            lambda: volume(opts=ResourceOptions(retain_on_delete=True)),
        ],
        keeps=[
            lambda: volume(opts=ResourceOptions(protect=True)),
            lambda: volume(opts=ResourceOptions(protect=True, retain_on_delete=True)),
            memory_volume,
        ],
    ),
}
