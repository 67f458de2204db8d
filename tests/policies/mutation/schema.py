"""The fields of a resource type, from the types of the provider's SDK."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import pulumi_docker as docker
import pulumi_random as random
import pulumi_tls as tls
from pulumi import _types

PACKAGES = {"docker": docker, "random": random, "tls": tls}


def _nested(annotation: Any) -> type | None:
    """The input type within sequences and unions, where the annotation holds one."""
    if isinstance(annotation, type) and _types.is_input_type(annotation):
        return annotation
    return next((found for inside in typing.get_args(annotation) if (found := _nested(inside))), None)


def _fields(held: type) -> Iterator[str]:
    for name, annotation in _types.input_type_types(held).items():
        yield name
        if part := _nested(annotation):
            many = "[]" if "Sequence" in str(annotation) else ""
            yield from (f"{name}{many}.{inside}" for inside in _fields(part))


def fields(token: str) -> list[str]:
    """Every field of a resource type by its wire name, nested ones too: `mounts[].tmpfsOptions.mode`."""
    package, _, rest = token.partition(":")
    return list(_fields(getattr(PACKAGES[package], f"{rest.rpartition(':')[2]}Args")))
