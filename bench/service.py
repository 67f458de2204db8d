"""One service in the compose format."""

from collections.abc import Mapping
from typing import Any

from bench.given import Given

Names = Mapping[str, str]
"""What the compose file calls an object, by its id (a volume by its Docker name)."""


def service(given: Given, names: Names) -> dict[str, Any]:
    """A ``docker:Service``, with its references to other objects by their names in the compose file."""
    given.drop("convergeConfig")
    with given.group("taskSpec") as task, task.group("containerSpec") as container, given.group("endpointSpec") as end:
        deploy = {
            **_mode(given),
            **end.present(endpoint_mode="mode"),
            "labels": given.labels(),
            "update_config": _rollout(given.group("updateConfig")),
            "rollback_config": _rollout(given.group("rollbackConfig")),
            "restart_policy": _restart(task.group("restartPolicy")),
            "resources": _resources(task.group("resources")),
            "placement": _placement(task.group("placement")),
        }
        return {
            **_container(container, names),
            "networks": _networks(task, names),
            "logging": _logging(task.group("logDriver")),
            "ports": [_port(each) for each in end.groups("ports")],
            "deploy": {key: value for key, value in deploy.items() if value},
        }


def _mode(given: Given) -> dict[str, Any]:
    with given.group("mode") as mode, mode.group("replicated") as replicated:
        if mode.take("global"):
            return {"mode": "global"}
        return {"mode": "replicated", **replicated.present(replicas="replicas")}


def _container(given: Given, names: Names) -> dict[str, Any]:
    given.drop("isolation")
    with given.group("dnsConfig") as resolver:
        resolver.drop("options")
        dns = resolver.present(dns="nameservers", dns_search="searches")
    plain = given.present(
        image="image", entrypoint="commands", command="args", environment="env", user="user", working_dir="dir",
        hostname="hostname", init="init", read_only="readOnly", cap_add="capAdds", cap_drop="capDrops",
        stop_signal="stopSignal", stop_grace_period="stopGracePeriod", sysctls="sysctl",
    )  # fmt: skip
    return {
        **plain,
        **dns,
        "labels": given.labels(),
        "healthcheck": _health(given.group("healthcheck")),
        "volumes": [_mount(each, names) for each in given.groups("mounts")],
        "secrets": [_file(each, names, "secret") for each in given.groups("secrets")],
        "configs": [_file(each, names, "config") for each in given.groups("configs")],
    }


def _health(given: Given) -> dict[str, Any]:
    with given:
        return given.present(
            test="tests", interval="interval", timeout="timeout", retries="retries", start_period="startPeriod"
        )


def _mount(given: Given, names: Names) -> dict[str, Any]:
    with given, given.group("tmpfsOptions") as memory:
        memory.drop("mode")
        mount = given.present(type="type", target="target", read_only="readOnly")
        if source := given.take("source"):
            mount["source"] = names.get(source, source)
        given.drop("volumeOptions")  # the volume's own section says the same
        limits = memory.present(size="sizeBytes")
        return {**mount, **({"tmpfs": limits} if limits else {})}


def _file(given: Given, names: Names, kind: str) -> dict[str, Any]:
    with given:
        given.drop(f"{kind}Name")
        source = names[given.take(f"{kind}Id")]
        return {"source": source, **given.present(target="fileName", uid="fileUid", gid="fileGid", mode="fileMode")}


def _networks(task: Given, names: Names) -> dict[str, Any]:
    joined = {}
    for each in task.groups("networksAdvanceds"):
        with each:
            joined[names[each.take("id")]] = each.present(aliases="aliases")
    return joined


def _logging(given: Given) -> dict[str, Any]:
    with given:
        return given.present(driver="name", options="options")


def _port(given: Given) -> dict[str, Any]:
    with given:
        return given.present(target="targetPort", published="publishedPort", protocol="protocol", mode="publishMode")


def _rollout(given: Given) -> dict[str, Any]:
    with given:
        settings = given.present(
            parallelism="parallelism", delay="delay", failure_action="failureAction", monitor="monitor", order="order"
        )
        ratio = given.take("maxFailureRatio")
        return {**settings, **({"max_failure_ratio": float(ratio)} if ratio is not None else {})}


def _restart(given: Given) -> dict[str, Any]:
    with given:
        return given.present(condition="condition", delay="delay", window="window", max_attempts="maxAttempts")


def _resources(given: Given) -> dict[str, Any]:
    with given:
        found = {"limits": _amounts(given.group("limits")), "reservations": _amounts(given.group("reservation"))}
        return {key: value for key, value in found.items() if value}


def _placement(given: Given) -> dict[str, Any]:
    with given:
        return given.present(constraints="constraints")


def _amounts(given: Given) -> dict[str, Any]:
    with given:
        memory, cpus = given.take("memoryBytes"), given.take("nanoCpus")
        amounts = {"memory": memory and f"{memory:.0f}", "cpus": cpus and f"{cpus / 1e9:g}"}
        return {key: value for key, value in amounts.items() if value}
