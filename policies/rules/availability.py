"""Availability: a service that fails comes back, and a change that fails goes back."""

from __future__ import annotations

import re
from typing import Any, Final

from .availability_health import noticed
from .kit.node import Node
from .kit.resource import Resource
from .kit.rule import (
    CONFIG,
    CONTAINER,
    NETWORK,
    SECRET,
    SERVICE,
    VOLUME,
    WORKLOADS,
    Problems,
    Profile,
    Severity,
    each,
)
from .kit.workload import SPEC, Workload, seconds

Settings = dict[str, Any]

STATEFUL: Final = frozenset({"database", "cache", "document-store", "queue"})
RESOLVERS: Final = {
    "kinds": {
        "type": "array",
        "items": {"type": "string"},
        "default": ["egress", "forward"],
        "description": "The kinds of service that ask for names of the outside, which take longer.",
    }
}
AUTO: Final = re.compile(r"-[0-9a-f]{7}")


@each(SERVICE, severity=Severity.HIGH, remedy='Set restart_policy to condition "any", delay "1s" and no max_attempts.')
def services_always_come_back(service: Resource) -> Problems:
    """A service is restarted whatever ended it, after a pause, as often as it takes.

    A service that gives up stays down until somebody wakes up.
    """
    policy = service.at("taskSpec.restartPolicy")
    if policy.at("condition").text != "any":
        yield f"{policy.path}.condition is not any"
    if not seconds(policy.at("delay")):
        yield f"{policy.path}.delay is missing"
    if policy.at("maxAttempts").number:
        yield f"{policy.path}.maxAttempts makes it give up"


@each(SERVICE, severity=Severity.LOW, remedy='Write restart_policy.window="0s".')
def restart_windows_are_written_out(service: Resource) -> Problems:
    """The restart window is written out as "0s".

    Left out, every preview after a refresh shows a change that is none, and people stop reading previews.
    """
    if service.at("taskSpec.restartPolicy.window").text != "0s":
        yield "taskSpec.restartPolicy.window is not written as 0s"


@each(CONTAINER, severity=Severity.HIGH, remedy='Set restart="unless-stopped" or "always".', see=["CIS Docker 5.15"])
def containers_always_come_back(container: Resource) -> Problems:
    """A container is restarted when it or its host was.

    The default is never.
    """
    if container.at("restart").text not in {"always", "unless-stopped"}:
        yield "restart lets it stay down"
    if container.at("rm").value:
        yield "rm removes it when it ends"


@each(SERVICE, severity=Severity.HIGH, remedy="Set converge_config with a timeout above the health check's start-up.")
def updates_wait_for_the_service(service: Resource) -> Problems:
    """An update ends when the tasks run.

    Without converge_config it reports success before the first task has started, whatever becomes of it.
    """
    if not Workload(service).is_global and not seconds(service.at("convergeConfig.timeout")):
        yield "convergeConfig.timeout is missing"


@each(
    SERVICE,
    severity=Severity.HIGH,
    remedy='Set update_config.failure_action="rollback" and a monitor of a health check at least.',
)
def failed_updates_roll_back(service: Resource) -> Problems:
    """An update that fails is rolled back, and is watched long enough to see it fail.

    Swarm's default stops half way, and its five seconds of watching end before the first health check.
    """
    update = service.at("updateConfig")
    if update.at("failureAction").text != "rollback":
        yield "updateConfig.failureAction is not rollback"
    if (update.at("maxFailureRatio").number or 0) > 0:
        yield "updateConfig.maxFailureRatio lets tasks fail without a rollback"
    if (seconds(update.at("monitor")) or 0) < noticed(service):
        yield "updateConfig.monitor is shorter than the health check takes to notice a failure"


@each(SERVICE, severity=Severity.HIGH, remedy="Set update_config.parallelism to 1, or leave it out.")
def updates_go_step_by_step(service: Resource) -> Problems:
    """An update replaces some tasks while the others serve.

    With parallelism 0 all tasks are replaced at once: a broken image takes the whole service along.
    """
    for name in ("updateConfig", "rollbackConfig"):
        width, replicas = service.at(f"{name}.parallelism").number, Workload(service).replicas
        if width is not None and (width < 1 or (1 < replicas <= width)):
            yield f"{name}.parallelism replaces all tasks at once"


@each(SERVICE, severity=Severity.MEDIUM, remedy="Write rollback_config with the order of update_config and a monitor.")
def rollbacks_are_configured(service: Resource) -> Problems:
    """A rollback goes the way an update does.

    Left to its defaults a rollback stops the old task first and watches for five seconds.
    """
    rollback = service.at("rollbackConfig")
    if not rollback.present:
        yield "rollbackConfig is missing"
    elif (rollback.at("order").text or "stop-first") != (service.at("updateConfig.order").text or "stop-first"):
        yield "rollbackConfig.order is not that of updateConfig"
    elif (seconds(rollback.at("monitor")) or 0) < noticed(service):
        yield "rollbackConfig.monitor is shorter than the health check takes to notice a failure"


def _publishes(service: Resource) -> bool:
    return bool(list(Workload(service).at("ports").each()))


@each(SERVICE, severity=Severity.MEDIUM, remedy='Set update_config.order="start-first".')
def stateless_services_start_first(service: Resource) -> Problems:
    """A new task of a stateless service starts before the old one stops.

    Otherwise a service of one task is away during every update. A published port or a volume of its own forbids it.
    """
    workload = Workload(service)
    alone = (
        workload.kind in STATEFUL | {"keeper"}
        or _publishes(service)
        or any(map(_is_volume, workload.at("mounts").each()))
    )
    if not alone and service.at("updateConfig.order").text != "start-first":
        yield "updateConfig.order is not start-first"


def _is_volume(mount: Node) -> bool:
    return mount.at("type").text == "volume" and not mount.at("readOnly").value


@each(
    SERVICE,
    severity=Severity.CRITICAL,
    remedy='Set one replica, update_config.order="stop-first" and delete_before_replace.',
)
def stateful_services_run_once(service: Resource) -> Problems:
    """Two tasks never run on one database's or cache's volume.

    Two servers on one set of files destroy it.
    """
    workload = Workload(service)
    if workload.kind not in STATEFUL:
        if any(map(_is_volume, workload.at("mounts").each())) and workload.replicas > 1 and not workload.is_global:
            yield "mode.replicated.replicas is not 1, and its tasks share a volume"
        return
    if workload.is_global or workload.replicas != 1:
        yield "mode.replicated.replicas is not 1"
    for name in ("updateConfig", "rollbackConfig"):
        if service.at(f"{name}.order").text not in {"", "stop-first"}:
            yield f"{name}.order is not stop-first"
    if service.options and not service.options.delete_before_replace:
        yield "deleteBeforeReplace is not set: a replacement would start beside it"


@each(
    *WORKLOADS,
    severity=Severity.MEDIUM,
    remedy="Set stop_grace_period (stop_timeout for a Container) to 10 s or more.",
    settings={"seconds": {"type": "integer", "default": 10, "description": "The shortest time to stop in."}},
)
def services_have_time_to_stop(resource: Resource, settings: Settings) -> Problems:
    """A workload has at least 10 s to finish what it does.

    Shorter, requests are cut off, and deleting a service fails half way.
    """
    if resource.type == SERVICE:
        if (seconds(resource.at(f"{SPEC}.stopGracePeriod")) or 0) < settings["seconds"]:
            yield f"{SPEC}.stopGracePeriod is below {settings['seconds']} s"
        return
    for name in ("stopTimeout", "destroyGraceSeconds"):
        given = resource.at(name).number
        if given is not None and given < settings["seconds"]:
            yield f"{name} is below {settings['seconds']} s"


@each(
    SERVICE, severity=Severity.MEDIUM, remedy='Set dns_config.options=["timeout:1", "attempts:1"].', settings=RESOLVERS
)
def names_fail_fast(service: Resource, settings: Settings) -> Problems:
    """Asking for a name that has no task fails within seconds.

    The resolver's defaults take 20 s, in which a caller's own callers give up.
    """
    workload = Workload(service)
    options = {option.text for option in workload.at("dns").each()}
    for wanted in () if workload.kind in settings["kinds"] else ("timeout:1", "attempts:1"):
        if wanted not in options:
            yield f"{SPEC}.dnsConfig.options has no {wanted}"


@each(SERVICE, severity=Severity.LOW, remedy="Write mode with replicated.replicas, or global.")
def modes_are_written_out(service: Resource) -> Problems:
    """How many tasks a service has is written out.

    A change of the mode replaces the service.
    """
    mode = service.at("mode")
    if not mode.at("global").value and mode.at("replicated.replicas").number is None:
        yield "mode is missing"


@each(
    SECRET,
    CONFIG,
    NETWORK,
    SERVICE,
    severity=Severity.HIGH,
    remedy="Leave name out: Pulumi makes one for each generation.",
)
def replaceable_objects_are_auto_named(resource: Resource) -> Problems:
    """What is replaced by making the new one first has no name of its own.

    With a fixed name the old one is deleted first, which fails while it is in use, and interrupts a service.
    """
    name = resource.at("name")
    if not name.unknown and name.present and not AUTO.fullmatch(name.text.removeprefix(resource.name)):
        yield "name is set"


@each(
    VOLUME,
    severity=Severity.CRITICAL,
    remedy="Give the volume ResourceOptions(protect=True, retain_on_delete=True).",
    profile=Profile.PRODUCTION,
)
def data_volumes_are_protected(volume: Resource) -> Problems:
    """In production a volume with data cannot be deleted or replaced by mistake.

    Replacing a volume is an empty one in its place. One in memory has nothing to protect.
    """
    if volume.options and not volume.options.protect and volume.at("driverOpts.type").text != "tmpfs":
        yield "protect is not set"
