"""Observability: what happens can be seen, and seeing it does not fill the disk."""

from __future__ import annotations

import re
from typing import Final

from .kit.resource import Resource
from .kit.rule import WORKLOADS, Problems, Severity, each
from .kit.workload import Workload

BOUNDED: Final = frozenset({"json-file", "local"})
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
