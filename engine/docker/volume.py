"""docker:Volume. Every change replaces it, which loses what it holds."""

from typing import ClassVar

from engine.docker.block import Block, Field, block
from engine.docker.client import Gone
from engine.docker.kinds import LABELS, MAP, TEXT
from engine.docker.resource import Resource, patiently
from engine.provider import Progress, Properties


class Volume(Resource):
    schema: ClassVar[Block] = block(
        Field("name", "Name", TEXT),
        Field("labels", "Labels", LABELS),
        Field("driver", "Driver", TEXT, computed=True),
        Field("driverOpts", "Options", MAP),
    )
    extra: ClassVar[Properties] = {"__meta": '{"schema_version":"1"}', "cluster": None}
    told: ClassVar[tuple[str, ...]] = ("id", "mountpoint")

    def inspect(self, ref: str) -> tuple[str, Properties]:
        with self.engine.api() as docker:
            found = docker.inspect_volume(ref)
        return found["Name"], {**self.schema.read(found), "mountpoint": found["Mountpoint"]}

    def create(self, inputs: Properties, progress: Progress) -> tuple[str, Properties]:  # noqa: ARG002
        wire = self.schema.wire(inputs)
        with self.engine.api() as docker:
            docker.create_volume(wire["Name"], wire.get("Driver"), wire.get("Options"), wire.get("Labels"))
        found, actual = self.inspect(inputs["name"])
        return found, self.outputs(found, inputs, actual, fresh=True)

    def delete(self, ref: str, outputs: Properties, progress: Progress) -> None:  # noqa: ARG002
        def remove() -> None:
            with self.engine.api() as docker:
                docker.remove_volume(ref)

        try:
            patiently(remove, "in use")
        except Gone:
            return
