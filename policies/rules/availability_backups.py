"""Availability: backups that are taken, and of which the newest stays."""

from __future__ import annotations

import json

from .kit.resource import Resource
from .kit.rule import SERVICE, Problems, Severity, each
from .kit.workload import Workload

KEPT = "BACKUP_KEPT"


@each(
    SERVICE,
    severity=Severity.HIGH,
    remedy="Give the service a volume, and in BACKUP_KEPT at least one class with a schedule, copies and days from 1.",
)
def backups_are_taken_and_kept(service: Resource) -> Problems:
    """A backup service has a schedule, a volume to keep backups on, and never deletes the newest.

    A backup that nobody takes, or that is gone with its task, is found missing on the day that it is needed.
    """
    workload = Workload(service)
    if workload.kind != "backup":
        return
    if not any(mount.at("type").text == "volume" for mount in workload.at("mounts").each()):
        yield f"{workload.at('mounts').path} has no volume"
    place = f"{workload.at('env').path}.{KEPT}"
    try:
        classes = json.loads({name: value.text for name, value in workload.env()}.get(KEPT, "[]"))
        least = min((int(kept[word]) for kept in classes for word in ("copies", "days")), default=0)
        scheduled = all(len(kept["cron"].split()) == 5 for kept in classes)
    except (ValueError, TypeError, KeyError, AttributeError):
        yield f"{place} cannot be read"
        return
    if least < 1 or not scheduled:
        yield f"{place} keeps no backup"
