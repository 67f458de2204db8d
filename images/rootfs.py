"""The Debian that `base` starts from: pulled where a registry answers, made by debootstrap where none does."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO

import docker
from docker.errors import DockerException, ImageNotFound
from docker.models.images import Image
from requests.exceptions import RequestException

SUITE = "bookworm"
OFFICIAL = f"debian:{SUITE}-slim"
KEPT = f"rempart/rootfs:{SUITE}"
ORIGIN = "rempart.origin"
REGISTRY_SECONDS = 8
LEFT_OUT = ["dev/*", "proc/*", "sys/*", "tmp/*", "var/cache/apt/*", "var/lib/apt/lists/*", "var/log/*"]
UNREAD = ["usr/share/doc/*", "usr/share/info/*", "usr/share/locale/*", "usr/share/man/*"]


class RootfsError(Exception):
    """Why there is no Debian to start from, and what would help."""


def rootfs(client: docker.DockerClient, log: Path, *, fresh: bool) -> Image:
    """The image that the machine keeps for this; it is made when missing, or when `fresh` asks for a new one."""
    if not fresh:
        try:
            return client.images.get(KEPT)
        except ImageNotFound:
            pass
    image = pulled(client) or bootstrapped(client, log)
    image.tag(KEPT)
    return image


def origin(image: Image) -> str:
    """The digest under which the image was pulled, or how it was made."""
    digests: list[str] = image.attrs.get("RepoDigests") or []
    return image.labels.get(ORIGIN) or next(iter(digests), image.id or "")


def pulled(client: docker.DockerClient) -> Image | None:
    """The official image by its present digest; none where no registry answers within a few seconds."""
    try:
        asked = docker.from_env(timeout=REGISTRY_SECONDS)
        digest = asked.images.get_registry_data(OFFICIAL).id
        return client.images.pull(f"debian@{digest}")
    except (DockerException, RequestException):
        return None


def bootstrapped(client: docker.DockerClient, log: Path) -> Image:
    """A minimal Debian made from its packages, with the sources of its updates."""
    if not shutil.which("debootstrap"):
        raise RootfsError("no registry answers, and debootstrap is not installed: apt-get install debootstrap")
    if os.geteuid() != 0:
        raise RootfsError("no registry answers, and debootstrap needs root")
    state = Path("/var/lib/rempart")
    state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rootfs-", dir=state) as folder:
        with log.open("wb") as output:
            _run(["debootstrap", "--variant=minbase", SUITE, folder], output, log)
        _add_updates(Path(folder) / "etc/apt/sources.list")
        return _imported(client, Path(folder))


def _run(command: list[str], output: IO[bytes], log: Path) -> None:
    if subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False).returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
        raise RootfsError(f"{command[0]} failed ({log}):\n{tail}")


def _add_updates(sources: Path) -> None:
    """debootstrap names the suite alone; fixes come from two more, beside it on every mirror."""
    mirror = sources.read_text().split()[1].rstrip("/")
    sources.write_text(
        f"deb {mirror} {SUITE} main\ndeb {mirror} {SUITE}-updates main\ndeb {mirror}-security {SUITE}-security main\n"
    )


def _imported(client: docker.DockerClient, folder: Path) -> Image:
    excluded = [f"--exclude=./{pattern}" for pattern in LEFT_OUT + UNREAD]
    tar = ["tar", "-C", str(folder), "--numeric-owner", *excluded, "-c", "."]
    with subprocess.Popen(tar, stdout=subprocess.PIPE) as packing:
        changes = [f"LABEL {ORIGIN}=debootstrap-{SUITE}", 'CMD ["bash"]']
        client.api.import_image_from_stream(packing.stdout, repository=KEPT, changes=changes)
    if packing.returncode:
        raise RootfsError(f"tar failed with status {packing.returncode}")
    return client.images.get(KEPT)
