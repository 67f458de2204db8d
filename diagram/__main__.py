"""``python -m diagram SYSTEM --stack STACK``: a system's picture or link table, without Docker, Pulumi or images."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import yaml
from rich.console import Console

import settings
from diagram import System, drawing

ROOT = Path(__file__).parent.parent


class Sketch(settings.Settings):
    """Settings whose images need not exist: a picture shows none."""

    def image(self, name: str) -> str:
        """A name where an immutable reference will stand."""
        return self.images.get(name, name)


def sketch(system: str, stack: str) -> System:
    """The diagram of `system` as `stack` would deploy it. Raises SettingsError for a stack that cannot be read."""
    file = ROOT / f"Pulumi.{stack}.yaml"
    if not file.exists():
        known = ", ".join(sorted(path.suffixes[0][1:] for path in ROOT.glob("Pulumi.*.yaml")))
        raise settings.SettingsError(f"--stack: there is no stack {stack}; there are {known}")
    values = yaml.safe_load(file.read_text())["config"]["rempart:settings"]
    read = settings.read(values, ROOT / "images.lock.json")
    drawn: System = import_module(f"systems.{system}").system(Sketch(**read.model_dump()))
    return drawn


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was asked for. 1 for a system or stack that is not valid, with the reason on stderr."""
    asked = _parser().parse_args(arguments)
    try:
        system = sketch(asked.system, asked.stack)
    except (settings.SettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    match asked.format:
        case "table":
            Console(width=None if sys.stdout.isatty() else 140).print(drawing.table(system))
        case "mermaid":
            sys.stdout.write(drawing.mermaid(system))
        case "json":
            sys.stdout.write(drawing.data(system))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m diagram", description="Draw a system without deploying it.")
    known = sorted(path.stem for path in (ROOT / "systems").glob("[a-z]*.py"))
    parser.add_argument("system", choices=known)
    parser.add_argument("--stack", default="dev")
    parser.add_argument("--format", choices=("table", "mermaid", "json"), default="table")
    return parser


if __name__ == "__main__":
    sys.exit(main())
