"""Runs the jobs of $JOBS on their schedules, and tells by metrics which failed and which did not come.

`python3 -m apps.jobs NAME [--json]` runs one now; without a name it serves. Both keep what the job said. The name
`schedule` shows when each ran and runs next.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prometheus_client import Gauge

from apps.links import Links
from apps.maintenance import JOBS, Finding
from apps.schedule import Kept, Scheduled, due, missed, schedule
from apps.service import serve_beside, service

LOOK = 10
"""Seconds between two looks at the schedules."""

FAILED = Gauge("rempart_job_failed", "Whether the last run of the job found something wrong.", ["task"])
MISSED = Gauge("rempart_job_missed", "Whether the job had its moment half an hour ago, and did not run.", ["task"])
ENDED = Gauge("rempart_job_last_run_timestamp_seconds", "When the last run of the job ended.", ["task"])


def run(name: str, kept: Kept) -> dict[str, Any]:
    """Run a job and keep what it says. A part that breaks off has failed, and the others are looked at all the same."""
    began = datetime.now(UTC)
    findings: list[Finding] = []
    for subject, look in JOBS[name].items():
        try:
            findings.extend(look())
        except Exception as error:  # whatever a library raises, this part could not be looked at
            findings.append(Finding(subject, type(error).__name__, ok=False))
    said = {
        "job": name, "began": began.isoformat(), "ended": datetime.now(UTC).isoformat(),
        "ok": all(finding.ok is not False for finding in findings),
        "findings": [asdict(finding) for finding in findings],
    }  # fmt: skip
    kept.keep(name, said)
    return said


def tell(jobs: Iterable[Scheduled], kept: Kept, now: datetime) -> None:
    """Set the metrics."""
    late = missed(jobs, kept, now)
    for job in jobs:
        last = kept.last(job.name)
        MISSED.labels(job.name).set(job.name in late)
        FAILED.labels(job.name).set(last.get("ok") is False)
        ENDED.labels(job.name).set(datetime.fromisoformat(last["ended"]).timestamp() if last else 0)


def serve(jobs: list[Scheduled], kept: Kept) -> None:
    """Run what is due, until SIGTERM ends the process."""
    serve_beside(service(Links(), watched=False))
    while True:
        for name in due(jobs, kept, datetime.now(UTC)):
            run(name, kept)
        tell(jobs, kept, datetime.now(UTC))
        time.sleep(LOOK)


def table(said: dict[str, Any]) -> str:
    """A run as lines that a person reads."""
    marks = {True: "ok", False: "FAILED", None: "-"}
    rows = [(it["subject"], marks[it["ok"]], it["says"]) for it in said["findings"]]
    wide = max((len(row[0]) for row in rows), default=0)
    return "\n".join(f"{subject:{wide}}  {mark:6}  {says}" for subject, mark, says in rows)


def main() -> int:
    """1 where a job that was run found something wrong, 0 otherwise."""
    kept = Kept(Path(os.environ["JOBS_FOLDER"]))
    jobs = [Scheduled(**job) for job in json.loads(os.environ["JOBS"])]
    parser = argparse.ArgumentParser(prog="python3 -m apps.jobs", description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*sorted(JOBS), "schedule"])
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.name is None:
        serve(jobs, kept)
    if asked.name == "schedule":
        print(json.dumps(schedule(jobs, kept, datetime.now(UTC)), indent=1))
        return 0
    said = run(asked.name, kept)
    print(json.dumps(said, indent=1) if asked.json else table(said))
    return 0 if said["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
