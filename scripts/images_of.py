"""``python -m scripts.images_of STACK``: the images that a stack runs, for ``python -m images build``.

A stack that has no file runs none that is known, so that all are built.
"""

import sys
from collections.abc import Iterator

from diagram.__main__ import sketch, stacks
from images.recipe import recipes
from settings import SettingsError


def images_of(stack: str) -> Iterator[str]:
    """The names of the project's images that `stack` runs; none for a stack without a file. Raises SettingsError."""
    values = stacks().get(stack)
    if values is None:
        return
    named = {service.image for service in sketch(values["system"], stack).services}
    names = {image.removeprefix("rempart/").partition(":")[0] for image in named}
    yield from sorted(names & recipes().keys())


def main() -> int:
    """Print them on a line; 1 with the reason when the stack's settings are not valid."""
    try:
        print(*images_of(sys.argv[1]))
    except (SettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
