"""``python -m scripts.needs images|roles STACK``: what a stack needs before it can be deployed, on a line.

`images` are the project's images that it runs, for ``python -m images build``; `roles` the node labels
(``rempart.<role>=yes``) that its services ask for.
"""

import sys
from collections.abc import Mapping
from typing import Any

from diagram.__main__ import sketch_of
from images.recipe import recipes
from settings import SettingsError


def images(stack: str) -> list[str]:
    """The names of the project's images that `stack` runs. Raises SettingsError."""
    named = {service.image.removeprefix("rempart/").partition(":")[0] for service in sketch_of(stack).services}
    return sorted(named & recipes().keys())


def roles(stack: str) -> list[str]:
    """The roles of the machines that `stack` runs on. Raises SettingsError."""
    return sorted({service.runs_on for service in sketch_of(stack).services if service.runs_on})


KNOWN: Mapping[str, Any] = {"images": images, "roles": roles}


def main() -> int:
    """Print what was asked for; 1 with the reason when the stack's settings are not valid."""
    what, stack = sys.argv[1:]
    try:
        print(*KNOWN[what](stack))
    except (SettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
