"""python -m images: builds the project's images, lists them, removes them."""

import argparse
import json
import sys
import time

import docker
from docker.errors import DockerException

from images import lock
from images.build import BuildError, Result
from images.recipe import RecipeError, recipes
from images.removal import remove
from images.rootfs import RootfsError
from images.wheels import WheelError
from images.workshop import build_all


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m images", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="build what is missing or changed, and write images.lock.json")
    build.add_argument("names", nargs="*", metavar="NAME", help="images to build; all where none is named")
    build.add_argument("--fresh", action="store_true", help="start from today's Debian, use no cache")
    build.add_argument("--json", action="store_true", help="print a JSON line for each image")
    commands.add_parser("list", help="print what images.lock.json names")
    removal = commands.add_parser("remove", help="remove every image that this project built")
    removal.add_argument("--superseded", action="store_true", help="only those that images.lock.json no longer names")
    return parser.parse_args()


def _line(result: Result) -> None:
    how = "built" if result.built else "as it was"
    print(f"  {result.name:<20}{how:<10}{result.seconds:6.1f} s  {result.locked.size / 1e6:5.0f} MB", flush=True)


def _json_line(result: Result) -> None:
    entry = {"name": result.name, "reference": result.locked.reference, "built": result.built}
    print(json.dumps(entry | {"seconds": round(result.seconds, 1)}), flush=True)


def _build(arguments: argparse.Namespace, client: docker.DockerClient) -> None:
    start = time.monotonic()
    build_all(client, arguments.names, _json_line if arguments.json else _line, fresh=arguments.fresh)
    if not arguments.json:
        print(f"  images.lock.json written after {time.monotonic() - start:.1f} s")


def _list() -> None:
    known = recipes()
    print(f"{'image':<18}{'MB':>5}  {'reference':<40}  installed on top of its parent")
    for name, entry in lock.read().items():
        asked = known[name].dockerfile.split() if name in known else []
        versions = ", ".join(f"{package} {entry.packages[package]}" for package in asked if package in entry.packages)
        print(f"{name:<18}{entry.size / 1e6:5.0f}  {entry.reference[:40]:<40}  {versions}")


def main() -> int:
    """Runs the command; 0 when it did what was asked, 1 with one clear message when it could not."""
    arguments = _arguments()
    try:
        if arguments.command == "list":
            _list()
            return 0
        client = docker.from_env(timeout=600)
        if arguments.command == "build":
            _build(arguments, client)
        else:
            for line in remove(client, superseded=arguments.superseded):
                print(f"  {line}")
    except (BuildError, RecipeError, RootfsError, WheelError) as error:
        print(f"images: {error}", file=sys.stderr)
        return 1
    except DockerException as error:
        print(f"images: the Docker engine did not answer as it should: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
