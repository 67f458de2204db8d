"""docker:Secret and docker:ServiceConfig: Swarm never changes their data, so every change replaces them."""

from base64 import b64decode
from typing import Any, ClassVar

from engine.docker.block import Block, Field, block
from engine.docker.client import Gone
from engine.docker.kinds import BASE64, LABELS, TEXT
from engine.docker.resource import Resource
from engine.provider import CheckFailure, Progress, Properties


class _File(Resource):
    def inspect(self, ref: str) -> tuple[str, Properties]:
        found = self._call("inspect", ref)
        return found["ID"], self.schema.read(found["Spec"])

    def create(self, inputs: Properties, progress: Progress) -> tuple[str, Properties]:  # noqa: ARG002
        raw = inputs.get("dataRaw")
        data = b64decode(inputs["data"]) if raw is None else raw.encode()
        made = self._call("create", inputs["name"], data, self.schema.wire(inputs).get("Labels"))["ID"]
        return made, self.outputs(made, inputs, {}, fresh=True)

    def delete(self, ref: str, outputs: Properties, progress: Progress) -> None:  # noqa: ARG002
        try:
            self._call("remove", ref)
        except Gone:
            return

    def _call(self, verb: str, *arguments: Any) -> Any:
        with self.engine.api() as docker:
            return getattr(docker, f"{verb}_{self.noun}")(*arguments)

    noun: ClassVar[str]


class Secret(_File):
    noun = "secret"
    schema: ClassVar[Block] = block(
        Field("name", "Name", TEXT), Field("data", "", BASE64), Field("labels", "Labels", LABELS)
    )
    extra: ClassVar[Properties] = {"__meta": '{"schema_version":"1"}'}


class ServiceConfig(_File):
    noun = "config"
    schema: ClassVar[Block] = block(
        Field("name", "Name", TEXT),
        Field("data", "", BASE64, fresh=None),
        Field("dataRaw", "", TEXT, fresh=None),
        Field("labels", "Labels", LABELS),
    )

    def check(self, name: str, olds: Properties | None, news: Properties) -> tuple[Properties, list[CheckFailure]]:
        inputs, failures = super().check(name, olds, news)
        if (news.get("data") is None) == (news.get("dataRaw") is None):
            failures.append(CheckFailure("data", "give exactly one of data and dataRaw"))
        return inputs, failures
