"""preview, up, refresh and destroy with the embedded engine."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine import api, history, policy_config
from engine.api import Result
from engine.cli import files
from engine.cli.display import Display
from engine.cli.neighbours import Neighbours
from engine.cli.place import Place
from engine.errors import EngineError
from engine.events import Event


def run(arguments: argparse.Namespace, place: Place) -> int:
    """Run the operation; 0 when it did what was asked."""
    color = getattr(arguments, "color", "auto")
    stack, command = place.stack, arguments.command
    wanted = files.wanted(arguments.report) if command == "preview" else []
    display = Display(
        place.name,
        as_json=arguments.json,
        diff=arguments.diff,
        color=color,
        measures=lambda: history.last_rollouts(history.entries(place.location)),
    )
    _may_act(arguments)
    neighbours = Neighbours(place.name)

    def watched(event: Event) -> None:
        neighbours.see(event)
        display(event)

    def confirm(_plan: Result) -> bool:
        neighbours.refuse()
        if not arguments.yes and not ask(command):
            raise EngineError("confirmation declined, not proceeding")
        display.begin(command)
        return True

    if command in {"destroy", "refresh"}:
        display.begin("preview", silent=arguments.skip_preview)
        operation = api.destroy if command == "destroy" else api.refresh
        result = operation(stack, on_event=display, confirm=confirm)
    else:
        packs = policy_packs(arguments.policy_pack, place.project.root)
        display.begin("preview", silent=getattr(arguments, "skip_preview", False))
        asked: Any = {"policy_packs": packs, "policy_configs": policy_configs(arguments.policy_pack_config)}
        asked |= {"refresh": arguments.refresh, "on_event": watched}
        result = api.preview(stack, **asked) if command == "preview" else api.up(stack, **asked, confirm=confirm)
    display.finish(result, command)
    if wanted:
        files.write(display.report(result), wanted, arguments.source)
    return _exit(arguments, result)


def policy_packs(named: Sequence[str] | None, root: Path) -> list[Path]:
    """The packs that are named, else the project's own."""
    for pack in named or ():
        if not (Path(pack) / "PulumiPolicy.yaml").exists():
            raise EngineError(f"{pack} is no policy pack: it has no PulumiPolicy.yaml")
    if named:
        return [Path(pack).resolve() for pack in named]
    own = root / "policies"
    return [own.resolve()] if (own / "PulumiPolicy.yaml").exists() else []


def policy_configs(named: Sequence[str] | None) -> list[policy_config.Given]:
    """The configurations that are named, in the packs' order."""
    return [policy_config.load(Path(file)) for file in named or ()]


def _may_act(arguments: argparse.Namespace) -> None:
    asks = arguments.command != "preview" and not arguments.yes
    interactive = sys.stdin.isatty() and not getattr(arguments, "non_interactive", False)
    if asks and not interactive:
        raise EngineError("--yes must be passed in to proceed when running in non-interactive mode")


def ask(command: str) -> bool:
    """Whether the person at the terminal agrees."""
    return input(f"Do you want to perform this {command}? [y/N] ").strip().lower() in ("y", "yes")


def _exit(arguments: argparse.Namespace, result: Result) -> int:
    changes = {op: count for op, count in result.counts.items() if op != "same" and count}
    if result.ok and arguments.expect_no_changes and changes:
        raise EngineError("no changes were expected but changes occurred")
    return 0 if result.ok else 1
