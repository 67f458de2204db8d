"""Examples for backup services."""

import json
from typing import Any

import pulumi_docker as docker

from tests.policies.build import database, mounted, mounting, secret, service, volume
from tests.policies.examples import Examples

KEY = "/run/secrets/backup-key"
DAILY = {"name": "daily", "cron": "0 2 * * *", "zone": "UTC", "copies": 7, "days": 7}


def backup(*, classes: Any = (DAILY,), key: str | None = KEY, file: str = KEY, keeps: bool = True) -> docker.Service:
    """A backup service that keeps both rules, but for what is given."""
    env = {"BACKUP_KEPT": classes if isinstance(classes, str) else json.dumps(classes), "BACKUP_FOLDER": "/backups"}
    spec = {"env": env | ({"BACKUP_KEY_FILE": key} if key else {}), "secrets": [mounted(secret("a" * 44), file)]}
    spec |= mounting(volume(), "/backups") if keeps else {}
    return database(spec, kind="backup", called="backup", zone="applications")


EXAMPLES = {
    "backups-are-sealed": Examples(
        breaks=[lambda: backup(key=None), lambda: backup(key=""), lambda: backup(file="/run/secrets/another")],
        keeps=[
            backup,
            lambda: backup(key="/run/secrets/other-key", file="/run/secrets/other-key"),
            lambda: service({"env": {"BACKUP_FOLDER": "/backups"}}),
        ],
    ),
    "backups-are-taken-and-kept": Examples(
        breaks=[
            lambda: backup(classes=[]),
            lambda: backup(classes=[DAILY | {"copies": 0}]),
            lambda: backup(classes=[DAILY | {"days": 0}]),
            lambda: backup(classes=[DAILY | {"cron": "daily"}]),
            lambda: backup(classes="{"),
            lambda: backup(keeps=False),
        ],
        keeps=[
            backup,
            lambda: backup(classes=[DAILY | {"copies": 1, "days": 1}]),
            lambda: backup(classes=[DAILY, DAILY | {"name": "weekly", "cron": "0 2 * * 0"}]),
        ],
        also=frozenset({"stateless-services-start-first"}),
    ),
}
