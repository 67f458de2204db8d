"""``python -m diagram SYSTEM --stack STACK``: a system's picture or link table, without Docker, Pulumi or images."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

import systems
from diagram import System, drawing
from settings import SettingsError

ROOT = Path(__file__).parent.parent


class Named(dict[str, str]):
    """Images that need not exist: a picture shows none."""

    def __missing__(self, name: str) -> str:
        return name


def sketch(system: str, stack: str | None = None) -> System:
    """The diagram of `system` as `stack` would deploy it; without one, as the first of its stacks would. Raises
    SettingsError for a stack that cannot be read, or is another system's.
    """
    known = stacks()
    mine = [name for name, values in known.items() if values.get("system") == system]
    if stack is not None and stack not in known:
        raise SettingsError(f"--stack: there is no stack {stack}; there are {', '.join(known)}")
    if stack not in (None, *mine):
        raise SettingsError(f"--stack: {stack} does not deploy {system}; {', '.join(mine) or 'none'} do")
    if not mine:
        raise SettingsError(f"--stack: no stack deploys {system}")
    read = systems.read(known[stack or mine[0]], ROOT / "images.lock.json")
    return systems.drawn(read.model_copy(update={"images": Named(read.images)}))


def stacks() -> dict[str, dict[str, Any]]:
    """The settings of every stack that has a file, by name."""
    files = {path.suffixes[0][1:]: path for path in sorted(ROOT.glob("Pulumi.*.yaml"))}
    return {name: yaml.safe_load(path.read_text())["config"]["rempart:settings"] for name, path in files.items()}


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
