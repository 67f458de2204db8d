"""Resources as they come over the analyzer protocol."""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2

from ..kit.resource import Options, Resource, unsealed


def plain(value: struct_pb2.Value) -> Any:
    """A protobuf value as Python has it; whole numbers as integers."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return mapping(value.struct_value)
    if kind == "list_value":
        return [plain(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def mapping(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A protobuf struct as Python has it."""
    return {key: plain(value) for key, value in struct.fields.items()}


def resource(request: Any) -> Resource:
    """The resource of an AnalyzeRequest, or of an AnalyzerResource, which also knows what it was made from."""
    props, sealed = unsealed(mapping(request.properties))
    options = request.options
    dependencies = getattr(request, "propertyDependencies", {})
    return Resource(
        type=request.type,
        name=request.name or request.urn.rpartition("::")[2],
        urn=request.urn,
        props=props,
        sealed=sealed,
        options=Options(protect=options.protect, delete_before_replace=options.deleteBeforeReplace),
        dependencies={name: tuple(entry.urns) for name, entry in dependencies.items()},
    )
