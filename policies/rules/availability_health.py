"""Availability: health checks."""

from __future__ import annotations

import re
from typing import Any, Final

from .kit.resource import Resource
from .kit.rule import CONTAINER, WORKLOADS, Problems, Severity, each
from .kit.workload import SPEC, Workload, seconds

Settings = dict[str, Any]

CONSTANT: Final = re.compile(
    r"\s*(?:/(?:usr/)?bin/)?(?:true|:|echo\b.*|exit\s+0|sleep\s+\S+|test\s+1(?:\s.*)?|\[\s*1\s.*|)\s*"
)


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy='Set healthcheck.tests to a command that asks the service: ["CMD", "probe", "18000", "/ready", "/health"].',
    see=["CIS Docker 4.6 and 5.27"],
)
def health_checks_ask_the_service(resource: Resource) -> Problems:
    """A workload has a health check that can fail.

    Without one, a process that hangs counts as running and is called for ever.
    """
    place = Workload(resource).at("healthcheck.tests" if resource.type == CONTAINER else f"{SPEC}.healthcheck.tests")
    words = [word.text for word in place.each()]
    if not words or words == ["NONE"]:
        yield f"{place.path} is missing"
        return
    command = " ".join(words[1:] if words[0] in {"CMD", "CMD-SHELL"} else words)
    inner = re.sub(r"^(?:/bin/)?(?:ba|da|a)?sh\s+-\w*c\s+", "", command).rstrip("; ")
    if CONSTANT.fullmatch(inner) or re.search(r"(?:\|\||;)\s*(?:true|exit\s+0|:)\s*$", command):
        yield f"{place.path} cannot fail"


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
    place = Workload(resource).at("healthcheck")
    if place.present:
        interval = seconds(place.at("interval")) or 30
        retries = place.at("retries").number or 3
        if interval * retries > settings["seconds"]:
            yield f"{place.path} needs more than {settings['seconds']} s to notice a failure"
