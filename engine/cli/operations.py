"""preview, up, refresh and destroy with the embedded engine."""

import argparse
import sys
from pathlib import Path

from engine import api
from engine.api import Result
from engine.cli.display import Display
from engine.cli.place import Place
from engine.errors import EngineError


def run(arguments: argparse.Namespace, place: Place) -> int:
    """Run the operation; 0 when it did what was asked."""
    display = Display(place.name, as_json=arguments.json, diff=arguments.diff)
    command = arguments.command
    _may_act(arguments)

    def confirm(_plan: Result) -> bool:
        agreed = bool(getattr(arguments, "yes", True)) or _ask(command)
        if agreed:
            display.begin(command)
        return agreed

    stack = place.stack
    if command in {"destroy", "refresh"}:
        display.begin("preview")
        operation = api.destroy if command == "destroy" else api.refresh
        result = operation(stack, on_event=display, confirm=confirm)
    else:
        packs = policy_packs(arguments, place)
        display.begin("preview")
        if command == "preview":
            result = api.preview(stack, policy_packs=packs, refresh=arguments.refresh, on_event=display)
        else:
            result = api.up(stack, policy_packs=packs, refresh=arguments.refresh, on_event=display, confirm=confirm)
    display.finish(result, command)
    return _exit(arguments, result)


def policy_packs(arguments: argparse.Namespace, place: Place) -> list[Path]:
    """The packs that are named, else the project's own."""
    if named := arguments.policy_pack:
        for pack in named:
            if not (Path(pack) / "PulumiPolicy.yaml").exists():
                raise EngineError(f"{pack}: is no policy pack (it has no PulumiPolicy.yaml)")
        return [Path(pack) for pack in named]
    own = place.project.root / "policies"
    return [own] if (own / "PulumiPolicy.yaml").exists() else []


def _may_act(arguments: argparse.Namespace) -> None:
    asks = arguments.command != "preview" and not arguments.yes
    interactive = sys.stdin.isatty() and not getattr(arguments, "non_interactive", False)
    if asks and not interactive:
        raise EngineError("--yes must be passed in to proceed when running in non-interactive mode")


def _ask(command: str) -> bool:
    return input(f"Do you want to perform this {command}? [y/N] ").strip().lower() in ("y", "yes")


def _exit(arguments: argparse.Namespace, result: Result) -> int:
    changes = {op: count for op, count in result.counts.items() if op != "same" and count}
    if result.ok and arguments.expect_no_changes and changes:
        raise EngineError("no changes were expected but changes occurred")
    return 0 if result.ok else 1
