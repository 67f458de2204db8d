"""What services said last when an `up` of the CLI failed: its plugin names the task that ended, and no more."""

from collections.abc import Iterator
from typing import Final

from engine.docker.client import Engine
from engine.docker.swarm import Swarm
from engine.provider import ProviderError

_SECONDS: Final = len("2026-01-01T00:00:00")


def last_words(stack: str, since: str) -> Iterator[str]:
    """For each service of `stack` of which a task failed after `since` (ISO, UTC): why, and the end of its log."""
    engine = Engine()
    swarm = Swarm(engine)
    try:
        with engine.api() as docker:
            services = docker.services(filters={"label": f"rempart.stack={stack}"})
        for service in services:
            look = swarm.look(service["ID"])
            if look.troubles and (status := look.troubles[0]["Status"])["Timestamp"][:_SECONDS] >= since[:_SECONDS]:
                yield f"service {service['Spec']['Name']}: {status['Err']}"
                yield from (f"  {line}" for line in swarm.last_words(look))
    except ProviderError:  # a help only: the CLI has said what failed
        return
