"""Observability: what happens can be seen, and seeing it does not fill the disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from .kit.documents import Format, documents, parsed
from .kit.resource import Resource
from .kit.rule import CONFIG, SERVICE, WORKLOADS, Problems, Profile, Severity, each, whole_stack
from .kit.stack import Stack
from .kit.workload import Workload

BOUNDED: Final = frozenset({"json-file", "local"})
UP: Final = re.compile(r"\bup\b\s*(?:\{([^}]*)\})?")
JOB: Final = re.compile(r"""\bjob\s*(=~|=|!~|!=)\s*["']([^"']*)["']""")
EXEMPT: Final = {
    "kinds": {
        "type": "array",
        "items": {"type": "string"},
        "default": ["keeper", "edge", "egress", "forward", "monitor"],
        "description": "The kinds of service that have no metrics of their own, or are the monitor itself.",
    }
}
Settings = dict[str, Any]
SIZE: Final = re.compile(r"[1-9]\d*[kmg]", re.IGNORECASE)


@each(
    *WORKLOADS,
    severity=Severity.MEDIUM,
    remedy='Set the log driver json-file with max-size ("10m") and max-file ("3").',
    see=["CIS Docker 2.13"],
)
def logs_are_bounded(resource: Resource) -> Problems:
    """A workload's log has a size.

    Docker's default grows until the disk is full, and with it every database on it stops.
    """
    workload = Workload(resource)
    driver, options = workload.at("log_driver"), workload.at("log_options")
    if driver.text not in BOUNDED:
        yield f"{driver.path} is not json-file or local"
        return
    if not SIZE.fullmatch(options.at("max-size").text):
        yield f"{options.path} has no max-size"
    if not re.fullmatch(r"[1-9]\d?", options.at("max-file").text):
        yield f"{options.path} has no max-file"


@whole_stack(
    severity=Severity.MEDIUM,
    remedy="Give the service metrics and a link from the monitor, or an exporter that reads it.",
    settings=EXEMPT,
)
def services_are_scraped(stack: Stack, settings: Settings) -> Any:
    """Where there is a Prometheus, it scrapes every service, or an exporter that reads it.

    What is not measured fails without anybody being told.
    """
    jobs = _jobs(stack)
    if not jobs:
        return
    targets = {host for hosts in jobs.values() for host in hosts}
    if "*" in targets:
        return
    seen = {service.urn for service in stack.of(SERVICE) if _names(service) & targets}
    read = {
        callee
        for service in stack.of(SERVICE)
        if service.urn in seen and Workload(service).kind == "exporter"
        for callee in _callees(service)
    }
    for service in stack.of(SERVICE):
        if service.urn not in seen and Workload(service).kind not in settings["kinds"] and not _names(service) & read:
            yield service.urn, "no scrape job has it as a target, and no exporter reads it"


@whole_stack(
    severity=Severity.MEDIUM,
    remedy="Write an alert on `up == 0` for the job, name its file in rule_files, and an alertmanager in alerting.",
)
def services_have_an_alert(stack: Stack) -> Any:
    """Somebody is told when a scraped service does not answer.

    A graph that nobody looks at at night wakes nobody.
    """
    jobs, watched = _jobs(stack), list(_watched(stack))
    for urn, document in _documents(stack, Format.PROMETHEUS):
        if not document.get("rule_files"):
            yield urn, "prometheus.yml names no rule_files"
        if not (document.get("alerting") or {}).get("alertmanagers"):
            yield urn, "prometheus.yml names no alertmanager"
        for job in jobs:
            if not any(_concerns(matchers, job) for matchers in watched):
                yield urn, f"no alert says when the job {job} is down"
                break


@whole_stack(
    severity=Severity.MEDIUM,
    remedy="Add a Monitor to the diagram, or name the Prometheus that scrapes the stack in a waiver.",
    profile=Profile.PRODUCTION,
)
def stacks_are_monitored(stack: Stack) -> Any:
    """In production something scrapes the stack.

    Otherwise its users are its monitoring.
    """
    first = next(stack.of(SERVICE), None)
    if first and not _jobs(stack):
        yield first.urn, "no configuration of the stack is a Prometheus' with a scrape job"


def _documents(stack: Stack, wanted: Format) -> Iterator[tuple[str, dict[str, Any]]]:
    """The YAML files of a format in the stack's configurations; what cannot be read is another rule's."""
    for config in stack.of(CONFIG):
        for text in documents(config, wanted):
            try:
                document = parsed(text.text)
            except ValueError:
                continue
            if isinstance(document, dict):
                yield config.urn, document


def _jobs(stack: Stack) -> dict[str, set[str]]:
    """The scrape jobs, each with the hosts that it asks; `*` where it finds them itself."""
    found: dict[str, set[str]] = {}
    for _, document in _documents(stack, Format.PROMETHEUS):
        for job in document.get("scrape_configs") or ():
            hosts = found.setdefault(str(job.get("job_name", "")), set())
            for static in job.get("static_configs") or ():
                hosts |= {_host(str(target)) for target in static.get("targets") or ()}
            for lookup in job.get("dns_sd_configs") or ():
                hosts |= {str(name).removeprefix("tasks.") for name in lookup.get("names") or ()}
            if job.get("dockerswarm_sd_configs") or job.get("docker_sd_configs"):
                hosts.add("*")
    return found


def _host(target: str) -> str:
    return re.sub(r"^\w+://|[:/].*$", "", target).removeprefix("tasks.")


def _names(service: Resource) -> set[str]:
    """What a service is called by: its own name and its aliases."""
    networks = Workload(service).at("networks").each()
    names = {alias.text for network in networks for alias in network.at("aliases").each()}
    names.add(service.labels.get("rempart.service", service.name))
    name = service.at("name")
    return names if name.unknown else names | {name.text}


def _callees(service: Resource) -> Iterator[str]:
    own = service.labels.get("rempart.service", "")
    for link in service.labels.get("rempart.links", "").split(","):
        caller, _, callee = link.partition("-to-")
        if caller == own:
            yield callee


def _watched(stack: Stack) -> Iterator[list[tuple[str, str]]]:
    """For each use of `up` in an alert, the matchers that it puts on the job."""
    for _, document in _documents(stack, Format.ALERTS):
        for group in document.get("groups") or ():
            for rule in group.get("rules") or ():
                if "alert" in rule:
                    for selector in UP.findall(str(rule.get("expr", ""))):
                        yield JOB.findall(selector)


def _concerns(matchers: list[tuple[str, str]], job: str) -> bool:
    return all(_matches(operator, value, job) for operator, value in matchers)


def _matches(operator: str, value: str, job: str) -> bool:
    equal = bool(re.fullmatch(value, job)) if "~" in operator else value == job
    return equal != operator.startswith("!")
