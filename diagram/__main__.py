"""``python -m diagram SYSTEM --stack STACK``: a system's picture or link table, without Docker, Pulumi or images."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

import systems
from diagram import System, drawing
from settings import SettingsError, of_stack, stacks

ROOT = Path(__file__).parent.parent


class Named(dict[str, str]):
    """Images that need not exist: a picture shows none."""

    def __missing__(self, name: str) -> str:
        return name


def sketch(system: str, stack: str | None = None) -> System:
    """The diagram of `system` as `stack` would deploy it; without one, as the first of its stacks would. Raises
    SettingsError for a stack that cannot be read, or is another system's.
    """
    mine = [name for name in stacks(ROOT) if _system_of(name) == system]
    if stack is None and not mine:
        raise SettingsError(f"no stack deploys {system}")
    drawn = sketch_of(stack or mine[0])
    if stack not in (None, *mine):
        raise SettingsError(f"{stack} does not deploy {system}; {', '.join(mine) or 'none'} do")
    return drawn


def sketch_of(stack: str) -> System:
    """The diagram that `stack` would deploy. Raises SettingsError for a stack that cannot be read."""
    read = systems.read(of_stack(ROOT, stack), ROOT / "images.lock.json")
    return systems.drawn(read.model_copy(update={"images": Named(read.images)}))


def _system_of(stack: str) -> object:
    """What the stack deploys; nothing when its file does not say."""
    try:
        return of_stack(ROOT, stack).get("system")
    except SettingsError:
        return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was asked for. 1 for a system or stack that is not valid, with the reason on stderr."""
    asked = _parser().parse_args(arguments)
    try:
        system = sketch(asked.system, asked.stack)
    except (SettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    match asked.format:
        case "table":
            console = Console(width=None if sys.stdout.isatty() else 140)
            console.print(drawing.table(system))
            if stated := drawing.duties(system):
                console.print(stated)
        case "mermaid":
            sys.stdout.write(drawing.mermaid(system))
        case "json":
            sys.stdout.write(drawing.data(system))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m diagram", description="Draw a system without deploying it.")
    parser.add_argument("system", choices=systems.KNOWN)
    parser.add_argument("--stack", help="one of the system's; its first when none is named")
    parser.add_argument("--format", choices=("table", "mermaid", "json"), default="table")
    return parser


if __name__ == "__main__":
    sys.exit(main())
