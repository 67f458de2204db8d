"""Images, layer by layer. One that was read stays read: its ID is the hash of all that it holds."""

# mypy: allow-untyped-calls

import json
import tarfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

from docker.errors import ImageNotFound

from verify.report import Row
from verify.running import Target
from verify.scanner import Scanner

CLEAN = "clean-images.json"
CHUNK = 1 << 20
GZIP = b"\x1f\x8b"


def images(target: Target) -> set[str]:
    """The IDs of the images of the tasks, and of every service as it is and as it was before, that are on this node."""
    specs = [service.get(version) for service in target.services for version in ("Spec", "PreviousSpec")]
    named = {spec["TaskTemplate"]["ContainerSpec"]["Image"] for spec in specs if spec}
    return {task.image for task in target.tasks} | {found for name in named if (found := _id(target, name))}


def _id(target: Target, name: str) -> str | None:
    try:
        return str(target.engine.inspect_image(name)["Id"])
    except ImageNotFound:
        return None


def scanned(target: Target, scanner: Scanner, place: str) -> tuple[Row, set[str]]:
    """The row for the images' layers and history, and what was found there."""
    wanted = images(target)
    unread = sorted(wanted - _clean(target, scanner))
    found, size = scanner.scan(_contents(target, unread)) if unread else (set(), 0)
    if not found:
        _remember(target, scanner, sorted(wanted))
    read = f"{len(unread)} images, {size / 1e6:.0f} MB; {len(wanted) - len(unread)} read before"
    return Row(place, "holds no secret", not found, "; ".join(sorted(found)) or read), found


def _contents(target: Target, names: list[str]) -> Iterator[bytes]:
    """One export of all images, so that what they share is read once."""
    engine = target.engine
    url = f"{engine.base_url}/v{engine.api_version}/images/get"
    with engine.get(url, params={"names": names}, stream=True, timeout=600) as answer:
        answer.raise_for_status()
        with tarfile.open(fileobj=answer.raw, mode="r|") as archive:
            for member in archive:
                if member.isreg() and (file := archive.extractfile(member)):
                    yield member.name.encode() + b"\n"
                    yield from _inflated(file)


def _inflated(file: IO[bytes]) -> Iterator[bytes]:
    chunk = file.read(CHUNK)
    if not chunk.startswith(GZIP):
        while chunk:
            yield chunk
            chunk = file.read(CHUNK)
        return
    inflater = zlib.decompressobj(wbits=31)
    while chunk:
        yield inflater.decompress(chunk)
        chunk = file.read(CHUNK)
    yield inflater.flush()


def _clean(target: Target, scanner: Scanner) -> set[str]:
    path = target.root / ".rempart" / target.stack / CLEAN
    known: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return set(known.get("images", ())) if known.get("secrets") == scanner.fingerprint else set()


def _remember(target: Target, scanner: Scanner, names: list[str]) -> None:
    path = target.root / ".rempart" / target.stack / CLEAN
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"secrets": scanner.fingerprint, "images": names}, indent=1))
