"""What is done again and again beside the work itself."""

from typing import ClassVar, Self

from pydantic import model_validator

from diagram.description import Description, Memory, Name, Port
from diagram.schedule import Schedule
from diagram.service import Health, Service


class Job(Description):
    """A program's job `name` and when it runs."""

    name: Name
    schedule: Schedule


class Jobs(Service):
    """Runs each of `jobs` on its schedule, one at a time, and keeps what each said last.

    Its metrics tell which failed and which had their moment and did not come. It looks by its links, as anybody does:
    it has no way to the engine, and is ready whether its callees answer or not, because to say so is its work.
    """

    kind: ClassVar[str] = "jobs"
    waits: ClassVar[bool] = False

    jobs: tuple[Job, ...]
    port: Port | None = 8030
    volume: str | None = "/var/lib/jobs"
    memory: Memory = "256M"
    health: Health = Health(ready="/health")

    @model_validator(mode="after")
    def a_job_is_named_once(self) -> Self:
        """Two jobs of one name could not be told apart."""
        names = [job.name for job in self.jobs]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"{self.name}.jobs: must name at least one job, and each once")
        return self
