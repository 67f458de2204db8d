"""Images: what runs is what was tested."""

from __future__ import annotations

import re
from typing import Any, Final

from .kit.resource import Resource
from .kit.rule import WORKLOADS, Problems, Severity, each
from .kit.workload import Workload

Settings = dict[str, Any]

IMMUTABLE: Final = re.compile(r"(?:[^@\s]+@sha256:|[^@\s]+:sha256-|sha256:)[0-9a-f]{64}")


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Name the image by @sha256:<digest>, or by :sha256-<image ID> as `make images` writes it.",
    see=["CIS Docker 5.28", "CKV_K8S_43", "OWASP Docker rule 13"],
)
def images_are_immutable(resource: Resource) -> Problems:
    """An image is named by its content.

    A tag can point to something else tomorrow: on the next node, after a restart, or after a break-in at the registry.
    """
    place = Workload(resource).at("image")
    if not IMMUTABLE.fullmatch(place.text):
        yield f"{place.path} is not named by a digest"


@each(
    *WORKLOADS,
    severity=Severity.HIGH,
    remedy="Mirror the image into an allowed registry, or add its registry to the setting.",
    see=["OWASP Docker rule 13", "Kyverno restrict-image-registries"],
    settings={
        "registries": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "The prefixes that an image's name may start with; none allows all.",
        }
    },
)
def images_come_from_known_registries(resource: Resource, settings: Settings) -> Problems:
    """An image comes from a registry that the stack's owners chose.

    A name without a registry is the public one, where anybody may publish a name that looks alike.
    """
    place = Workload(resource).at("image")
    if settings["registries"] and not place.text.startswith(tuple(settings["registries"])):
        yield f"{place.path} comes from no registry of the setting"
