"""docker:Service: created, rolled and removed on Swarm, and waited for."""

import time
from typing import Any, ClassVar, Final

from engine.docker.block import Block
from engine.docker.client import Engine, Gone
from engine.docker.converge import NotConvergedError, Wait
from engine.docker.kinds import nanoseconds
from engine.docker.resource import Resource, patiently
from engine.docker.service_schema import SERVICE
from engine.docker.swarm import Swarm
from engine.provider import CheckFailure, PartialCreate, Progress, Properties, ProviderError

_ENDPOINT_SECONDS: Final = 10
_DELETE_SLACK_SECONDS: Final = 10


class Service(Resource):
    schema: ClassVar[Block] = SERVICE
    extra: ClassVar[Properties] = {"__meta": '{"schema_version":"2"}', "auth": None}
    in_place = True

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.swarm = Swarm(engine)

    def check(self, name: str, olds: Properties | None, news: Properties) -> tuple[Properties, list[CheckFailure]]:
        inputs, failures = super().check(name, olds, news)
        mode, task = news.get("mode"), news.get("taskSpec")
        if isinstance(mode, dict) and mode.get("global") is True and news.get("convergeConfig") is not None:
            failures.append(CheckFailure("convergeConfig", "conflicts with mode.global"))
        networks = task.get("networksAdvanceds") if isinstance(task, dict) else None
        if any(isinstance(item, dict) and item.get("id") is None for item in networks or ()):
            failures.append(CheckFailure("taskSpec.networksAdvanceds", "give each network's id"))
        return inputs, failures

    def inspect(self, ref: str) -> tuple[str, Properties]:
        """Waits a moment for the endpoint, which Swarm allocates after the creation."""
        until = time.monotonic() + _ENDPOINT_SECONDS
        while True:
            with self.engine.api() as docker:
                found = docker.inspect_service(ref)
            endpoint, asked = found.get("Endpoint") or {}, found["Spec"].get("EndpointSpec") or {}
            mode = (endpoint.get("Spec") or {}).get("Mode") or asked.get("Mode")
            if mode or time.monotonic() > until:
                break
            time.sleep(0.1)
        ports = endpoint.get("Ports") or asked.get("Ports")
        return found["ID"], self.schema.read({**found["Spec"], "EndpointSpec": {"Mode": mode, "Ports": ports}})

    def create(self, inputs: Properties, progress: Progress) -> tuple[str, Properties]:
        with self.engine.api() as docker:
            made = docker.create_service(**_arguments(self.schema.wire(inputs)))["ID"]
        if inputs.get("convergeConfig"):
            try:
                self._wait(made, inputs, progress).until_created()
            except NotConvergedError:
                self._remove(made)
                raise
        found, actual = self.inspect(made)
        return found, self.outputs(found, inputs, actual, fresh=True)

    def update(self, ref: str, old_outputs: Properties, news: Properties, progress: Progress) -> Properties:
        wire = self.schema.wire(self.schema.complete(news, old_outputs, fresh=False))

        def apply() -> None:
            with self.engine.api() as docker:
                docker.update_service(ref, docker.inspect_service(ref)["Version"]["Index"], **_arguments(wire))

        patiently(apply, "update out of sequence")
        wait, failure = self._wait(ref, news, progress), None
        if news.get("convergeConfig"):
            try:
                wait.until_updated()
            except NotConvergedError as error:
                failure = error
        outputs = self.outputs(ref, news, self.inspect(ref)[1], fresh=False)
        if failure is not None:
            raise PartialCreate(str(failure), ref, outputs) from failure
        return outputs

    def delete(self, ref: str, outputs: Properties, progress: Progress) -> None:
        began = time.monotonic()
        self._remove(ref)
        spec = (outputs.get("taskSpec") or {}).get("containerSpec") or {}
        grace = nanoseconds(spec.get("stopGracePeriod") or "0s") / 1e9
        said = 0
        while time.monotonic() - began < grace + _DELETE_SLACK_SECONDS:
            if not (left := self.swarm.live_tasks(ref, since=began)):
                return
            if left != said:
                progress(f"waiting for {left} to stop")
                said = left
            time.sleep(0.3)

    def _remove(self, ref: str) -> None:
        try:
            with self.engine.api() as docker:
                docker.remove_service(ref)
        except Gone:
            return

    def _wait(self, ref: str, inputs: Properties, progress: Progress) -> Wait:
        timeout = nanoseconds((inputs.get("convergeConfig") or {}).get("timeout") or "3m")
        return Wait(self.swarm, ref, time.monotonic(), timeout, progress)


def _arguments(wire: dict[str, Any]) -> dict[str, Any]:
    """The specification as the Docker SDK's keyword arguments."""
    if "Name" not in wire:
        raise ProviderError("a service needs a name")
    return {
        "name": wire["Name"],
        "labels": wire.get("Labels"),
        "task_template": wire["TaskTemplate"],
        "mode": wire.get("Mode"),
        "update_config": wire.get("UpdateConfig"),
        "rollback_config": wire.get("RollbackConfig"),
        "endpoint_spec": wire.get("EndpointSpec"),
    }
