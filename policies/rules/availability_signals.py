"""Availability: how a service is stopped, started again, and asked."""

from __future__ import annotations

from typing import Any, Final

from .kit.resource import Resource
from .kit.rule import SERVICE, WORKLOADS, Problems, Severity, each
from .kit.workload import SPEC, Workload, seconds

Settings = dict[str, Any]

GRACEFUL: Final = {"postgres": frozenset({"SIGINT"}), "nginx": frozenset({"SIGQUIT"})}
"""The signals by which programs finish what they do; SIGTERM makes PostgreSQL wait for clients, and nginx not wait."""
RUNS: Final = {"database": "postgres", "gateway": "nginx"}
DEAF: Final = frozenset({"SIGKILL", "KILL", "9", "SIGSTOP", "STOP", "19"})


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Set stop_signal to SIGTERM, for PostgreSQL to SIGINT and for nginx to SIGQUIT.",
    see=["PostgreSQL 15, 19.5 Shutting Down the Server", "nginx, Controlling nginx"],
)
def stops_are_graceful(resource: Resource) -> Problems:
    """A workload is asked to stop by a signal upon which it finishes what it does.

    A killed program loses the requests that it has, and a database replays its log before it serves again.
    """
    workload = Workload(resource)
    place = resource.at(f"{SPEC}.stopSignal" if resource.type == SERVICE else "stopSignal")
    image = workload.at("image").text.partition("@")[0].rpartition("/")[2].partition(":")[0]
    wanted = GRACEFUL.get(RUNS.get(workload.kind, "") if workload.kind else image)
    if place.text.upper() in DEAF:
        yield f"{place.path} leaves no time to finish"
    elif wanted and image != "redis" and place.present and place.text not in wanted:
        yield f"{place.path} is not {' or '.join(sorted(wanted))}"


@each(
    SERVICE,
    severity=Severity.MEDIUM,
    remedy='Set restart_policy.delay="1s".',
    settings={"seconds": {"type": "integer", "default": 60, "description": "The longest pause before a restart."}},
)
def services_come_back_soon(service: Resource, settings: Settings) -> Problems:
    """A task that ended is started again within a minute.

    The pause is a time in which its callers fail.
    """
    place = service.at("taskSpec.restartPolicy.delay")
    if (seconds(place) or 0) > settings["seconds"]:
        yield f"{place.path} is above {settings['seconds']} s"


@each(
    *WORKLOADS,
    severity=Severity.MEDIUM,
    remedy='Set healthcheck.timeout="10s".',
    settings={"seconds": {"type": "integer", "default": 60, "description": "The longest time for an answer."}},
)
def health_checks_give_up(resource: Resource, settings: Settings) -> Problems:
    """A health check that is not answered ends within a minute.

    A program that hangs is the one that does not answer.
    """
    place = Workload(resource).at("healthcheck").at("timeout")
    if (seconds(place) or 0) > settings["seconds"]:
        yield f"{place.path} is above {settings['seconds']} s"


@each(SERVICE, severity=Severity.HIGH, remedy="Set a replica, or remove the service.")
def services_run(service: Resource) -> Problems:
    """A service that is declared has a task.

    With none its callers wait for ever, and nothing says that it is away.
    """
    if not Workload(service).is_global and Workload(service).replicas < 1:
        yield "mode.replicated.replicas is 0"
