"""What a service is given room for: how many tasks by load, and how much of a machine each is sure of."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from diagram.description import Description, Memory

Percent = Annotated[int, Field(ge=1, le=100)]
Tasks = Annotated[int, Field(ge=1, le=100)]


class Scale(Description):
    """Between `least` and `most` tasks, so that they use `cpu` and `memory` percent of what they reserve.

    An orchestrator that scales by load acts on it. Swarm does not: it runs `least` tasks, or the service's `replicas`
    where they are more, and the preview says so.
    """

    least: Tasks
    most: Tasks
    cpu: Percent
    memory: Percent
    available: Tasks = 1
    """Disruption budget: how many tasks a drained node or an update leaves."""

    @model_validator(mode="after")
    def the_range_is_one(self) -> Self:
        """An upper bound below the lower one, or a budget that the lower one cannot keep, is an error."""
        if self.least > self.most:
            raise ValueError(f"scale.most: must be at least {self.least}, the lower bound")
        if self.available >= self.least:
            raise ValueError(f"scale.available: must be below {self.least}, or no task could ever be moved")
        return self


class Reservation(Description):
    """What every task is sure to get; its node has it free, or another is chosen."""

    cpus: Annotated[float, Field(gt=0, le=64)]
    memory: Memory


def between(least: int, most: int, *, cpu: int, memory: int) -> Scale:
    """``scale=between(2, 10, cpu=70, memory=80)``: from 2 to 10 tasks, at 70 % processor and 80 % memory."""
    return Scale(least=least, most=most, cpu=cpu, memory=memory)
