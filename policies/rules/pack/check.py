"""Judging a file: an exported stack, or what `pulumi preview --json` printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from report import files
from report.model import Report

from ..kit.resource import Resource
from ..kit.rule import PROFILES, Rule
from ..kit.stack import Stack
from . import configuration, document, waiver
from .configuration import Configuration
from .judge import Judge
from .reported import reported
from .waiver import Waiver

_MISUSE: Final = 2
_Read = TypeVar("_Read")


class _Misuse(Exception):  # noqa: N818 -- what it is, not an error of ours
    """What was asked for makes no sense; the message names the place, the fault and what is accepted."""


def check(arguments: Sequence[str], rules: Sequence[Rule], waivers: Path) -> int:
    """Report on the file that `arguments` name; 0, 1 when a finding stops it, 2 on misuse."""
    given = _parser().parse_args(list(arguments))
    try:
        report = _report(given, rules, given.waivers or waivers)
        wanted = files.wanted(given.report)
        files.write(report, wanted)
    except (_Misuse, ValueError) as misuse:
        sys.stderr.write(f"error: {misuse}\n")
        return _MISUSE
    except OSError as error:
        sys.stderr.write(f"error: {error.filename}: {error.strerror}\n")
        return _MISUSE
    form = "json" if given.json else given.format
    sys.stdout.write(files.FORMATS[form](report))
    if form == "table":
        sys.stdout.write(f"{report.resources} resources, {len(report.stopping)} violations\n")
    return int(bool(report.stopping))


def _report(given: argparse.Namespace, rules: Sequence[Rule], waived: Path) -> Report:
    ids = [rule.id for rule in rules]
    if given.waivers:
        _from(given.waivers, "a list of waivers", Path.stat)
    waivers: Sequence[Waiver] = _from(waived, "a list of waivers", lambda path: waiver.load(path, ids))
    config = Configuration()
    if given.config:
        config = _from(given.config, "what --policy-pack-config takes", lambda path: configuration.load(path, rules))
    read = _from(given.file, document.ACCEPTED, _document)
    resources: list[Resource] = _from(given.file, document.ACCEPTED, lambda _: document.resources(read))
    chosen = given.profile or config.profile
    judge = Judge(
        [rule for rule in rules if config.level(rule) != "disabled"],
        waivers,
        config.settings,
        profile=PROFILES[chosen] if chosen else None,
    )
    findings = [finding for resource in resources for finding in judge.resource(resource)]
    findings += judge.stack(Stack(resources)) if resources else ()
    changes = _from(given.file, document.ACCEPTED, lambda _: document.changes(read))
    return reported(judge, config, resources, findings, changes, given.source)


def _document(path: Path) -> Any:
    return json.loads(sys.stdin.read() if str(path) == "-" else path.read_text())


def _from(path: Path, accepted: str, read: Callable[[Path], _Read]) -> _Read:
    """What `read` makes of a file; a misuse that names the file, the fault and what is accepted."""
    try:
        return read(path)
    except OSError as error:
        raise _Misuse(f"{path}: cannot be read: {error.strerror}; give {accepted}") from None
    except json.JSONDecodeError as error:
        raise _Misuse(f"{path}: is no JSON (line {error.lineno}, column {error.colno}); give {accepted}") from None
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        fault = str(error) if type(error) is ValueError else f"has another form ({type(error).__name__})"
        raise _Misuse(f"{path}: {fault}; give {accepted}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="policies check",
        description="Judge an exported stack or a preview. 0: nothing stops it; 1: a finding does; 2: misuse.",
    )
    parser.add_argument("file", type=Path, help=f"{document.ACCEPTED}; - for standard input")
    parser.add_argument("--profile", choices=list(PROFILES), help="else by the stack's name")
    parser.add_argument("--waivers", type=Path, metavar="FILE", help="instead of the pack's own waivers.yaml")
    parser.add_argument("--config", type=Path, metavar="FILE", help="levels and settings, as --policy-pack-config")
    parser.add_argument("--format", choices=list(files.FORMATS), default="table", help="of what is printed")
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    parser.add_argument("--report", action="append", metavar="FORMAT=FILE", help="also to a file, in any format")
    parser.add_argument("--source", default="__main__.py", metavar="FILE", help="what findings in SARIF point to")
    return parser
