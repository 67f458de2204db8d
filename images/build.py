"""Building one image, or finding that it is there already."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.models.images import Image

from images.lock import Locked
from images.recipe import CHECKOUT, Recipe
from images.wheels import wheels

LOGS = CHECKOUT / ".rempart" / "logs" / "images"
CONTEXT = "rempart.context"
NAME = "rempart.image"


class BuildError(Exception):
    """A step of a Dockerfile that failed, with its last lines and the log's file."""


@dataclass(frozen=True)
class Result:
    """An image and how it came to be."""

    name: str
    locked: Locked
    built: bool
    seconds: float


def build(client: docker.DockerClient, recipe: Recipe, parent: Image, before: Locked | None, *, fresh: bool) -> Result:
    """The recipe's image on `parent`, tagged by its own ID; built unless one of this content exists."""
    start = time.monotonic()
    context = recipe.fingerprint(parent.id or "")
    image = None if fresh else existing(client, recipe.name, context)
    built = image is None
    image = image or _build(client, recipe, parent, context, fresh=fresh)
    repository, tag = f"rempart/{recipe.name}", f"sha256-{(image.id or '').removeprefix('sha256:')}"
    image.tag(repository, tag)
    known = before.packages if before and before.id == image.id else packages(client, image)
    locked = Locked(
        reference=f"{repository}:{tag}",
        id=image.id or "",
        context=context,
        origin=recipe.parent,
        size=image.attrs["Size"],
        packages=known,
    )
    return Result(recipe.name, locked, built, time.monotonic() - start)


def existing(client: docker.DockerClient, name: str, context: str) -> Image | None:
    """The image that carries this fingerprint, where the engine has one."""
    found = client.images.list(filters={"label": [f"{NAME}={name}", f"{CONTEXT}={context}"]})
    return found[0] if found else None


def packages(client: docker.DockerClient, image: Image) -> dict[str, str]:
    """Debian packages in the image, as its own dpkg lists them."""
    output = client.containers.run(
        image.id or "",
        entrypoint=["dpkg-query", "-W", "-f", "${Package} ${Version}\n"],
        command=[],
        network_mode="none",
        remove=True,
    )
    lines = output.decode().splitlines()
    return dict(sorted((package, version) for package, version in map(str.split, lines)))


def _build(client: docker.DockerClient, recipe: Recipe, parent: Image, context: str, *, fresh: bool) -> Image:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{recipe.name}.log"
    steps = client.api.build(
        fileobj=recipe.archive(wheels(recipe)),
        custom_context=True,
        buildargs={"PARENT": parent.id or "", **_arguments(recipe)},
        labels={NAME: recipe.name, CONTEXT: context},
        nocache=fresh,
        rm=True,
        forcerm=True,
        decode=True,
    )
    image_id = ""
    with log.open("w") as output:
        for step in steps:
            output.write(step.get("stream", ""))
            image_id = step.get("aux", {}).get("ID", image_id)
            if "error" in step:
                output.write(step["error"])
                output.flush()
                raise BuildError(_failure(recipe.name, log))
    return client.images.get(image_id)


def _arguments(recipe: Recipe) -> dict[str, str]:
    """Where this machine fetches Go modules, for a Dockerfile that asks; where nothing is set, Go's own defaults."""
    asked = [name for name in ("GOPROXY", "GOSUMDB") if f"\nARG {name}\n" in recipe.dockerfile]
    return {name: os.environ[name] for name in asked if os.environ.get(name)}


def _failure(name: str, log: Path) -> str:
    tail = "\n".join(f"    {line}" for line in log.read_text().splitlines()[-12:])
    return f"image {name} could not be built; the last lines of {log}:\n{tail}"
