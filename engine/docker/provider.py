"""The docker provider: one module per type of resource behind the engine's protocol."""

# ruff: noqa: A002, ARG002 - the protocol chose the names, and not every resource needs every one

from engine.docker.client import Engine
from engine.docker.files import Secret, ServiceConfig
from engine.docker.network import Network
from engine.docker.resource import Resource
from engine.docker.service import Service
from engine.docker.volume import Volume
from engine.provider import CheckFailure, Diff, Progress, Properties, ProviderError


class Docker:
    """Realises docker's Service, Network, Secret, ServiceConfig and Volume on the engine that DOCKER_HOST names."""

    outside = True

    def __init__(self) -> None:
        engine = Engine()
        self._resources: dict[str, Resource] = {
            "docker:index/network:Network": Network(engine),
            "docker:index/secret:Secret": Secret(engine),
            "docker:index/service:Service": Service(engine),
            "docker:index/serviceConfig:ServiceConfig": ServiceConfig(engine),
            "docker:index/volume:Volume": Volume(engine),
        }
        self.types = frozenset(self._resources)

    def check(
        self, type: str, name: str, olds: Properties | None, news: Properties
    ) -> tuple[Properties, list[CheckFailure]]:
        return self._resources[type].check(name, olds, news)

    def diff(self, type: str, id: str, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Diff:
        return self._resources[type].diff(old_outputs, news)

    def planned(self, type: str, news: Properties, old_outputs: Properties | None) -> Properties:
        return self._resources[type].planned(news, old_outputs)

    def create(self, type: str, inputs: Properties, progress: Progress) -> tuple[str, Properties]:
        return self._resources[type].create(inputs, progress)

    def update(
        self,
        type: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        progress: Progress,
    ) -> Properties:
        return self._resources[type].update(id, old_outputs, news, progress)

    def read(
        self, type: str, id: str, inputs: Properties, outputs: Properties
    ) -> tuple[str, Properties, Properties] | None:
        return self._resources[type].read(id, inputs, outputs)

    def delete(self, type: str, id: str, outputs: Properties, progress: Progress) -> None:
        self._resources[type].delete(id, outputs, progress)

    def find(self, type: str, inputs: Properties) -> str | None:
        return self._resources[type].find(inputs)

    def invoke(self, token: str, args: Properties) -> Properties:
        raise ProviderError(f"{token} is not supported by the embedded engine: use the Pulumi CLI (--engine pulumi)")
