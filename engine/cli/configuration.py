"""config set, get, rm, and the list of all."""

import argparse
import json
import sys

from engine import backend, paths
from engine.cli import place
from engine.errors import ConfigError, EngineError

HIDDEN = "[secret]"


def run(arguments: argparse.Namespace) -> int:
    """Run the action; without one, list the configuration."""
    here = place.find(arguments)
    file = here.file
    match arguments.action:
        case "set":
            value = arguments.value if arguments.value is not None else sys.stdin.read().rstrip("\n")
            declared = here.project.config.get(arguments.key)
            secret = isinstance(declared, dict) and bool(declared.get("secret"))
            if (secret or _looks_secret(arguments.key)) and not arguments.secret and not arguments.plaintext:
                raise EngineError(f"{arguments.key} looks like a secret: pass --secret, or --plaintext if it is none")
            salt = backend.salt_of(backend.read_raw(here.location))
            file.set(arguments.key, value, here.passphrase, secret=arguments.secret, path=arguments.path, salt=salt)
        case "rm":
            file.remove(arguments.key, path=arguments.path)
        case "get":
            values, _ = file.read(here.passphrase)
            top, *inner = paths.parse(arguments.key) if arguments.path else (arguments.key,)
            value = paths.lookup(values, (file.full(str(top)), *inner))
            if value is paths.MISSING:
                raise ConfigError(f"configuration key {arguments.key!r} not found for stack {here.name!r}")
            print(value if isinstance(value, str) else json.dumps(value))
        case _:
            _list(arguments, here)
    return 0


def _list(arguments: argparse.Namespace, here: place.Place) -> None:
    values, secret = here.file.read(here.passphrase)
    shown = {key: HIDDEN if key in secret and not arguments.show_secrets else value for key, value in values.items()}
    if arguments.json:
        print(json.dumps({key: {"value": value, "secret": key in secret} for key, value in shown.items()}, indent=2))
        return
    for key, value in sorted(shown.items()):
        print(
            f"{key.removeprefix(f'{here.project.name}:'):<28}{value if isinstance(value, str) else json.dumps(value)}"
        )


def _looks_secret(key: str) -> bool:
    return any(word in key.lower() for word in ("password", "secret", "token", "apikey", "privatekey"))
