"""Images: what runs is what was tested."""

from __future__ import annotations

import re
from typing import Any, Final

from .kit.node import Node
from .kit.resource import Resource
from .kit.rule import BUILDS, BUILT_IMAGE, PLUGIN, REMOTE_IMAGE, TAG, WORKLOADS, Problems, Severity, each
from .kit.workload import Workload

Settings = dict[str, Any]

IMMUTABLE: Final = re.compile(r"(?:[^@\s]+@sha256:|[^@\s]+:sha256-|sha256:)[0-9a-f]{64}")


def named(resource: Resource) -> Node:
    """The place that names the image that a resource runs, pulls, makes or pushes."""
    if resource.type in WORKLOADS:
        return Workload(resource).at("image")
    return resource.at({BUILT_IMAGE: "imageName", TAG: "targetImage"}.get(resource.type, "name"))


@each(
    *WORKLOADS,
    REMOTE_IMAGE,
    severity=Severity.HIGH,
    remedy="Name the image by @sha256:<digest>, or by :sha256-<image ID> as `make images` writes it.",
    see=["CIS Docker 5.28", "CKV_K8S_43", "OWASP Docker rule 13"],
)
def images_are_immutable(resource: Resource) -> Problems:
    """An image is named by its content.

    A tag can point to something else tomorrow: on the next node, after a restart, or after a break-in at the registry.
    """
    place = named(resource)
    if resource.at("build").present:  # it is made here, and has no digest yet
        return
    if not IMMUTABLE.fullmatch(place.text):
        yield f"{place.path} is not named by a digest"


@each(
    *WORKLOADS,
    *BUILDS,
    TAG,
    severity=Severity.MEDIUM,
    remedy="Write a version as the tag, or a digest.",
    see=["CIS Docker 5.28", "CKV_DOCKER_7", "Trivy DS-0001", "Kyverno disallow-latest-tag", "Dockle DKL-DI-0006"],
)
def images_have_a_version(resource: Resource) -> Problems:
    """An image's name says which version it is: neither `latest` nor nothing.

    Nobody can say afterwards what ran, and a rollback fetches what was just rolled back.
    """
    place = named(resource)
    name, at, _ = place.text.partition("@")
    if not at and not place.text.startswith("sha256:"):
        tag = name.rpartition("/")[2].partition(":")[2]
        if tag in {"", "latest"}:
            yield f"{place.path} has no version"


@each(
    *WORKLOADS,
    REMOTE_IMAGE,
    PLUGIN,
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
    place = named(resource)
    if settings["registries"] and not place.text.startswith(tuple(settings["registries"])):
        yield f"{place.path} comes from no registry of the setting"
