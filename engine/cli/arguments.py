"""The commands and their arguments, as Pulumi names them. What is not here is refused by name."""

import argparse
from collections.abc import Sequence
from typing import Final, NoReturn

from engine.errors import EngineError, UnsupportedError
from report.files import FORMATS

REPORT: Final = f"also as one of {', '.join(FORMATS)}; may be given several times"


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: object) -> None:
        super().__init__(allow_abbrev=False, **options)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        if message.startswith(("argument COMMAND: invalid choice", "argument ACTION: invalid choice")):
            raise UnsupportedError(f"the command {message.split(chr(39))[1]!r}")
        raise EngineError(message)


def _common() -> _Parser:
    common = _Parser(add_help=False)
    keep = argparse.SUPPRESS
    common.add_argument("-s", "--stack", default=keep, help="the stack; the selected one where none is named")
    common.add_argument("-C", "--cwd", default=keep, metavar="DIR", help="run as if started in DIR")
    common.add_argument("--engine", choices=("pulumi", "embedded"), default=keep, help="pulumi where it is on PATH")
    common.add_argument("--non-interactive", action="store_true", default=keep, help="never ask")
    common.add_argument("--color", choices=("auto", "always", "never", "raw"), default=keep)
    return common


def _operation(commands: "argparse._SubParsersAction[_Parser]", name: str, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, parents=[_common()])
    command.add_argument("-j", "--json", action="store_true", help="print one JSON document")
    command.add_argument("--diff", action="store_true", help="show every changed property")
    command.add_argument("--expect-no-changes", action="store_true", help="fail when there is a change")
    command.add_argument("-m", "--message", default="", help="accepted; the embedded engine keeps no messages")
    command.add_argument("-p", "--parallel", type=int, help="accepted; the engine runs what is independent at once")
    if name != "preview":
        command.add_argument("-y", "--yes", action="store_true", help="do not ask before acting")
        command.add_argument("-f", "--skip-preview", action="store_true", help="do not show the plan (it is made)")
    if name in ("preview", "up"):
        command.add_argument("--policy-pack", action="append", metavar="DIR", help="the folder `policies` by default")
        command.add_argument("--policy-pack-config", action="append", metavar="FILE", help="JSON, one for each pack")
        command.add_argument("-r", "--refresh", action="store_true", help="look at every resource first")
    if name == "preview":
        command.add_argument("--report", action="append", metavar="FORMAT=FILE", help=REPORT)
        command.add_argument("--source", default="__main__.py", metavar="FILE", help="what findings in SARIF point to")
    return command


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(prog="pulumiw", description=__doc__, parents=[_common()])
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _operation(commands, "preview", "show what `up` would do, and what the policies say")
    _operation(commands, "up", "make it so")
    _operation(commands, "refresh", "record how every resource really is")
    _operation(commands, "destroy", "remove every resource of the stack")

    cancel = commands.add_parser("cancel", help="remove the locks of a run that is gone", parents=[_common()])
    cancel.add_argument("name", nargs="?")
    cancel.add_argument("-y", "--yes", action="store_true")

    stack = commands.add_parser("stack", help="manage stacks", parents=[_common()])
    actions = stack.add_subparsers(dest="action", metavar="ACTION")
    for name in ("init", "select", "rm"):
        action = actions.add_parser(name, parents=[_common()])
        action.add_argument("name", nargs="?")
        if name == "rm":
            action.add_argument("-y", "--yes", action="store_true")
            action.add_argument("-f", "--force", action="store_true", help="also with resources in it")
    for name in ("ls", "output", "export"):
        action = actions.add_parser(name, parents=[_common()])
        action.add_argument("-j", "--json", action="store_true")
        if name == "output":
            action.add_argument("property", nargs="?")
        if name != "ls":
            action.add_argument("--show-secrets", action="store_true")

    config = commands.add_parser("config", help="manage a stack's configuration", parents=[_common()])
    config.add_argument("-j", "--json", action="store_true")
    config.add_argument("--show-secrets", action="store_true")
    actions = config.add_subparsers(dest="action", metavar="ACTION")
    setting = actions.add_parser("set", parents=[_common()])
    setting.add_argument("key")
    setting.add_argument("value", nargs="?", help="standard input where it is left out")
    setting.add_argument("--secret", action="store_true")
    setting.add_argument("--plaintext", action="store_true")
    for name in ("get", "rm"):
        action = actions.add_parser(name, parents=[_common()])
        action.add_argument("key")
    for action in actions.choices.values():
        action.add_argument("--path", action="store_true", help="the key is a path such as settings.replicas.api")
    return top


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments; an EngineError names what is not understood."""
    found, unknown = parser().parse_known_args(arguments)
    if unknown:
        raise UnsupportedError(f"the argument {unknown[0]!r}")
    return found
