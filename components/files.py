"""The files that a task is given: secrets under /run/secrets, configuration where the program looks for it."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_docker as docker

from components.component import USER, Component
from diagram import Generation

LONGEST = 56
"""Docker allows a secret or config 64 characters, of which the generated suffix takes 8."""


@dataclass(frozen=True)
class SecretFile:
    """A secret and the file name that it is mounted under: readable by the service's user, and by nobody else."""

    name: str
    secret: docker.Secret

    def mounted(self, user: int = USER) -> dict[str, Any]:
        """Its entry in a container's specification."""
        return {
            "secret_id": self.secret.id,
            "secret_name": self.secret.name,
            "file_name": f"/run/secrets/{self.name}",
            "file_uid": str(user),
            "file_gid": str(user),
            "file_mode": 0o400,
        }


@dataclass(frozen=True)
class ConfigFile:
    """A configuration and the path that it is mounted at."""

    path: str
    config: docker.ServiceConfig

    def mounted(self, user: int = USER) -> dict[str, Any]:
        """Its entry in a container's specification."""
        return {
            "config_id": self.config.id,
            "config_name": self.config.name,
            "file_name": self.path,
            "file_uid": str(user),
            "file_gid": str(user),
            "file_mode": 0o444,
        }


def secret_file(
    owner: Component,
    what: str,
    file: str,
    content: pulumi.Input[str],
    *,
    readers: Sequence[str] = (),
    rotation: Mapping[str, str] | None = None,
) -> SecretFile:
    """A secret of `owner`, mounted as `file`. Its labels say who may read it, and when it is due (`rotation`)."""
    labels = {"rempart.readers": ",".join(readers) or owner.reader, **(rotation or {})}
    secret = docker.Secret(
        _short(owner.child(what)),
        data=pulumi.Output.secret(content).apply(_base64),
        labels=[{"label": label, "value": value} for label, value in labels.items()],
        opts=owner.own,
    )
    return SecretFile(file, secret)


def rotation(generation: Generation, rotates: str) -> dict[str, str]:
    """The labels that say since when a secret of `generation` is in use, and by which limit it rotates."""
    return {"rempart.since": generation.since.isoformat(), "rempart.rotates": rotates} if generation.since else {}


def config_file(owner: Component, what: str, path: str, text: str) -> ConfigFile:
    """A configuration of `owner`, mounted at `path`."""
    return ConfigFile(path, docker.ServiceConfig(_short(owner.child(what)), data=_base64(text), opts=owner.own))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _short(name: str) -> str:
    if len(name) > LONGEST:
        raise ValueError(f"{name}: {len(name)} characters, and Docker leaves {LONGEST}: shorten the services' names")
    return name
