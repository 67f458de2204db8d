"""Removing the project's images."""

from collections.abc import Iterator

import docker
from docker.errors import APIError, ImageNotFound
from docker.models.images import Image

from images import lock
from images.build import NAME
from images.rootfs import KEPT


def remove(client: docker.DockerClient, *, superseded: bool = False) -> Iterator[str]:
    """Removes every image that this project built, and what it started from; yields a line for each.

    With `superseded`, only those that the lock file no longer names. An image in use stays, and its line says so.
    """
    current = {entry.id for entry in lock.read().values()}
    mine = client.images.list(filters={"label": NAME})
    for image in sorted(mine, key=lambda image: str(image.attrs["Created"]), reverse=True):
        if not (superseded and image.id in current):
            yield from _remove(client, image)
    if not superseded:
        try:
            client.images.remove(KEPT)
            yield f"removed {KEPT}"
        except ImageNotFound:
            pass
        lock.LOCK.unlink(missing_ok=True)


def _remove(client: docker.DockerClient, image: Image) -> Iterator[str]:
    for name in image.tags or [image.id or ""]:
        try:
            client.images.remove(name)
            yield f"removed {name}"
        except APIError as error:
            yield f"kept {name}: {error.explanation}"
