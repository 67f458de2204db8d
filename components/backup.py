"""Backups, realised."""

import json
from collections.abc import Sequence

from components.service import Service


class Backup(Service):
    """The backup program behind its front, with a volume that no other service mounts."""

    def command(self) -> Sequence[str]:
        """The service."""
        return ("python3", "-m", "backup", "serve")

    def variables(self) -> dict[str, str]:
        """What it backs up, where to, when, and what it keeps."""
        it = self.description
        kept = [
            {
                "name": one.name,
                "cron": one.schedule.cron,
                "zone": one.schedule.zone,
                "copies": one.copies,
                "days": one.days,
            }
            for one in it.keeps
        ]
        return {"BACKUP_OF": it.of.name, "BACKUP_FOLDER": it.volume, "BACKUP_KEPT": json.dumps(kept)}
