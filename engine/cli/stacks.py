"""stack init, ls, select, rm, output and export; and cancel."""

import argparse
import json
from typing import Any

from engine import api, backend, lock
from engine.backend import Checkpoint
from engine.cli import place
from engine.cli.place import Place
from engine.errors import EngineError
from engine.journal import Journal
from engine.values import reveal


def run(arguments: argparse.Namespace) -> int:
    """Run the action; without one, say what the stack is."""
    action = {"init": init, "ls": listing, "select": select, "rm": remove, "output": output, "export": export}
    return action.get(arguments.action or "", about)(arguments)


def about(arguments: argparse.Namespace) -> int:
    """The current stack: how many resources, and its outputs."""
    here = place.find(arguments)
    raw = _deployed(here)
    print(f"Current stack is {here.name}:\n    {len(raw.get('resources') or [])} resources")
    for name, value in sorted(api.outputs(here.stack).items()):
        print(f"    {name}: {json.dumps(value)}")
    return 0


def init(arguments: argparse.Namespace) -> int:
    """A new stack, with its salt."""
    here = place.find(arguments, arguments.name)
    if here.location.state.exists():
        raise EngineError(f"stack {here.name!r} already exists")
    with lock.held(here.location):
        crypter = backend.crypter_of(None, here.passphrase, here.file.salt)
        journal = Journal(Checkpoint(crypter), here.location)
        journal.end(None)
        journal.close()
    print(f"Created stack {here.name!r}")
    return 0


def listing(arguments: argparse.Namespace) -> int:
    """The stacks of the project: those with a file, and those with a state."""
    project = place.load(arguments)
    names = {path.name.split(".")[1] for path in project.root.glob("Pulumi.*.yaml")}
    rows = []
    for name in sorted(names):
        try:
            state = place.backend(project.root, name) / ".pulumi/stacks" / project.name / f"{name}.json"
            rows.append({"name": name, "initialized": state.exists()})
        except EngineError as error:
            rows.append({"name": name, "initialized": False, "reason": str(error)})
    if arguments.json:
        print(json.dumps(rows, indent=2))
    else:
        for row in rows:
            print(f"{row['name']:<24}{'deployed or initialised' if row['initialized'] else row.get('reason', 'new')}")
    return 0


def select(arguments: argparse.Namespace) -> int:
    """Make a stack the one that commands without --stack mean."""
    project = place.load(arguments)
    name = place.stack_name(project.root, arguments.name or getattr(arguments, "stack", None))
    _ = Place(project, name, place.backend(project.root, name), place.passphrase(project.root, name)).stack
    place.choose(project.root, name)
    return 0


def remove(arguments: argparse.Namespace) -> int:
    """Forget a stack that holds nothing."""
    here = place.find(arguments, arguments.name)
    left = len(_deployed(here).get("resources") or [])
    if left and not arguments.force:
        raise EngineError(f"stack {here.name!r} still has {left} resources: destroy it first, or use --force")
    if not arguments.yes:
        raise EngineError("--yes must be passed in to proceed when running in non-interactive mode")
    with lock.held(here.location):
        here.location.state.unlink()
    print(f"Stack {here.name!r} has been removed")
    return 0


def cancel(arguments: argparse.Namespace) -> int:
    """Remove the locks of a stack, whoever holds them: for a run of a machine that is gone."""
    here = place.find(arguments, arguments.name)
    if not arguments.yes:
        raise EngineError("--yes must be passed in to proceed when running in non-interactive mode")
    for path in here.location.locks.glob("*.json"):
        path.unlink(missing_ok=True)
    print(f"The currently running update for {here.name!r} has been canceled!")
    return 0


def output(arguments: argparse.Namespace) -> int:
    """The stack's outputs, or one of them."""
    here = place.find(arguments)
    _deployed(here)
    found = api.outputs(here.stack, show_secrets=arguments.show_secrets)
    if arguments.property:
        if arguments.property not in found:
            raise EngineError(f"current stack does not have output property {arguments.property!r}")
        value = found[arguments.property]
        print(json.dumps(value) if arguments.json or not isinstance(value, str) else value)
    elif arguments.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in sorted(found.items()):
            print(f"{name}  {value if isinstance(value, str) else json.dumps(value)}")
    return 0


def export(arguments: argparse.Namespace) -> int:
    """The deployment, as the state has it; secrets stay encrypted unless they are asked for."""
    here = place.find(arguments)
    raw: dict[str, Any] = _deployed(here)
    if arguments.show_secrets:
        checkpoint = backend.load(here.location, backend.crypter_of(raw, here.passphrase))
        for stored, resource in zip(raw["resources"], checkpoint.resources, strict=True):
            stored["inputs"], stored["outputs"] = reveal(resource.inputs), reveal(resource.outputs)
    hooks = any(stored.get("resourceHooks") for stored in raw.get("resources") or ())
    print(json.dumps({**backend.version(hooks=hooks), "deployment": raw}, indent=2))
    return 0


def _deployed(here: Place) -> dict[str, Any]:
    raw = backend.read_raw(here.location)
    if raw is None:
        raise EngineError(f"no stack named {here.name!r} found")
    return raw
