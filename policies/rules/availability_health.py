"""Availability: health checks."""

from __future__ import annotations

import re
from typing import Any, Final

from .kit.node import Node
from .kit.resource import Resource
from .kit.rule import CONTAINER, WORKLOADS, Problems, Severity, each
from .kit.workload import SPEC, Workload, seconds

Settings = dict[str, Any]

CONSTANT: Final = re.compile(
    r"\s*(?:/(?:usr/)?bin/)?(?:true|:|echo\b.*|exit\s+0|sleep\s+\S+|test\s+1(?:\s.*)?|\[\s*1\s.*|date|ls(?:\s+/\S*)?|pwd"
    r"|hostname|whoami|id|uname\b.*|cat\s+/(?:etc|proc)/\S+|test\s+-[defr]\s+/(?:(?:bin|etc|proc|usr|dev)(?:/\w*)?)?"
    r"|kill\s+-0\s+1|printf\b.*|)\s*"
)
IGNORED: Final = re.compile(r"(?:\|\||;|&)\s*(?:true|exit\s+0|:|echo\b[^|;&]*)\s*$")
PROCESS_ONLY: Final = re.compile(
    r"(?:^|[\s;&|/])(?:pgrep|pidof|pkill\s+-0|ps\s+(?:-\w+|aux?\w*|[a-z]*\s*\|)|ps\s*\||killall\s+-0|kill\s+-0|"
    r"supervisorctl\s+status|service\s+\S+\s+status)"
)
PORT_ONLY: Final = re.compile(
    r"(?:^|[\s;&|/])(?:nc|ncat|netcat)\s+(?:-\w+\s+)*-\w*z|/dev/(?:tcp|udp)/|(?:^|[\s;&|/])(?:netstat|ss|lsof)\s"
    r"|(?:^|[\s;&|/])(?:nmap|wait-for-it(?:\.sh)?|wait-for|dockerize)\s"
)
WELL: Final = re.compile(r"^well (\d+) ")


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy='Set healthcheck.tests to a command that asks the service: ["CMD", "probe", "18000", "/ready", "/health"].',
    see=["CIS Docker 4.6 and 5.27", "KICS 698ed579", "Trivy DS-0026", "CKV_DOCKER_2"],
)
def health_checks_ask_the_service(resource: Resource) -> Problems:
    """A workload has a health check that can fail.

    Without one, a process that hangs counts as running and is called for ever.
    """
    place = _tests(resource)
    command = _command(place)
    if command is None:
        yield f"{place.path} is missing"
    elif CONSTANT.fullmatch(command) or IGNORED.search(command):
        yield f"{place.path} cannot fail"


def _tests(resource: Resource) -> Node:
    return Workload(resource).at("healthcheck.tests" if resource.type == CONTAINER else f"{SPEC}.healthcheck.tests")


def _command(place: Node) -> str | None:
    """What a health check runs, without `well` or the shell around it; None where there is none."""
    words = [word.text for word in place.each()]
    if not words or words[0] == "NONE":
        return None
    command = WELL.sub("", " ".join(words[1:] if words[0] in {"CMD", "CMD-SHELL"} else words))
    return re.sub(r"^(?:/bin/)?(?:ba|da|a)?sh\s+-\w*c\s+", "", command).strip("; '\"")


@each(
    *WORKLOADS,
    severity=Severity.MEDIUM,
    remedy="Ask a question of the service's own protocol: an HTTP path, pg_isready, redis-cli ping.",
    see=["CIS Docker 5.27"],
)
def health_checks_speak_the_protocol(resource: Resource) -> Problems:
    """A health check asks the service in its own protocol.

    A process that hangs still exists, and its port still accepts connections: the kernel does that for it.
    """
    place = _tests(resource)
    command = _command(place) or ""
    if PROCESS_ONLY.search(command):
        yield f"{place.path} looks for a process only"
    elif PORT_ONLY.search(command):
        yield f"{place.path} opens a port only"


@each(
    *WORKLOADS,
    severity=Severity.MEDIUM,
    remedy="Set interval, timeout and retries so that interval x retries is at most 60 s.",
    settings={"seconds": {"type": "integer", "default": 60, "description": "How long a failure may go unnoticed."}},
)
def health_checks_notice_in_time(resource: Resource, settings: Settings) -> Problems:
    """A health check notices a failure within a minute.

    Docker's default takes a minute and a half, and a retry count of zero means three.
    """
    if noticed(resource) > settings["seconds"]:
        path = Workload(resource).at("healthcheck").path
        yield f"{path} needs more than {settings['seconds']} s to notice a failure"


def noticed(resource: Resource) -> float:
    """The seconds that a workload's health check takes to notice a failure, by Docker's defaults where it is silent.

    `well SECONDS` waits for all but one of these seconds before it looks.
    """
    check = Workload(resource).at("healthcheck")
    if not check.present:
        return 0
    _, *words = [word.text or "" for word in check.at("tests").each()] or [""]
    waits = WELL.match(" ".join(words))
    interval = (seconds(check.at("interval")) or 30) + (int(waits[1]) - 1 if waits else 0)
    return interval * (check.at("retries").number or 3)
