"""Scheduled jobs, realised."""

import json

from components.service import Service


class Jobs(Service):
    """The program behind its front, with a volume for what the jobs said."""

    def variables(self) -> dict[str, str]:
        """When each job runs, and where its words are kept."""
        it = self.description
        jobs = [{"name": job.name, "cron": job.schedule.cron, "zone": job.schedule.zone} for job in it.jobs]
        return {"JOBS": json.dumps(jobs), "JOBS_FOLDER": it.volume}
