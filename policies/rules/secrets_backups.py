"""Secrets: a backup is a copy of all data, and no easier to read than the database."""

from __future__ import annotations

from .kit.resource import Resource
from .kit.rule import SERVICE, Problems, Severity, each
from .kit.workload import SPEC, Workload

KEY = "BACKUP_KEY_FILE"


@each(
    SERVICE,
    severity=Severity.CRITICAL,
    remedy="Mount the key as a secret, and name its file in BACKUP_KEY_FILE: a Backup of the diagram does.",
)
def backups_are_sealed(service: Resource) -> Problems:
    """A backup service is given the key that it seals with, as a secret's file.

    Whoever finds a backup in clear has the whole database, past every role and certificate.
    """
    workload = Workload(service)
    if workload.kind != "backup":
        return
    named = {name: value.text for name, value in workload.env()}.get(KEY)
    if not named:
        yield f"{workload.at('env').path} has no {KEY}"
    elif named not in {secret.at("fileName").text for secret in service.at(f"{SPEC}.secrets").each()}:
        yield f"{workload.at('env').path}.{KEY} names no secret that is mounted"
