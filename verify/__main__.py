"""`python -m verify --stack dev [--json FILE] [CHECK...]`: prove that the running stack is what its diagram says."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from docker import APIClient
from docker.errors import DockerException
from rich.console import Console

from settings import SettingsError
from verify.backups import backups
from verify.convergence import convergence
from verify.credentials import credentials
from verify.daemon import daemon
from verify.egress import egress
from verify.expected import expected
from verify.firewall import firewall
from verify.gateway import gateway
from verify.leaks import leaks
from verify.libraries import libraries
from verify.limits import limits
from verify.matrix import matrix, picture
from verify.outage import outage
from verify.outside import outside
from verify.report import NotAskedError, Report, Row, summary, table
from verify.running import NothingRunsError, Target
from verify.transaction import transaction

ROOT = Path(__file__).parents[1]
WIDTH = 150
"""Columns, where the output is no terminal."""
CHECKS: Mapping[str, Callable[[Target], Iterator[Row]]] = {
    check.__name__: check
    for check in (
        convergence, matrix, credentials, libraries, gateway, limits, firewall,
        outside, egress, transaction, backups, outage, daemon, leaks,
    )
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 when every claim was tried and holds, 1 when not, 2 when there is nothing to try."""
    wanted = _parse(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    try:
        target = Target(ROOT, wanted.stack, *expected(ROOT, wanted.stack), APIClient(timeout=600))
        console.print(f"stack {target.stack}: {len(target.tasks)} tasks, {len(target.system.links)} links")
    except (SettingsError, NothingRunsError, DockerException) as error:
        print(f"verify: {error}", file=sys.stderr)
        return 2
    reports = [_run(console, target, name) for name in wanted.checks or CHECKS]
    console.rule("summary")
    console.print(summary(reports))
    ok = all(report.ok for report in reports)
    path = wanted.json or ROOT / ".rempart" / wanted.stack / "verify.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    written = {"stack": wanted.stack, "ok": ok, "checks": [report.as_json() for report in reports]}
    path.write_text(json.dumps(written, indent=1) + "\n")
    unasked = "".join(f"; {report.check} was not asked: {report.excuse}" for report in reports if report.excuse)
    console.print(f"{'every claim holds' if ok else 'NOT every claim holds'}{unasked}; written to {path}")
    return 0 if ok else 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("verify", description="Prove that a running stack is what its diagram says.")
    parser.add_argument("--stack", required=True)
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write what was found")
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"of {', '.join(CHECKS)}; all when none is named")
    wanted = parser.parse_args(arguments)
    if unknown := [name for name in wanted.checks if name not in CHECKS]:
        parser.error(f"no check is called {', '.join(unknown)}; known: {', '.join(CHECKS)}")
    return wanted


def _run(console: Console, target: Target, name: str) -> Report:
    """Run one check. An error in it is a claim that could not be tried, and ends no other check."""
    console.rule(name)
    began, rows, excuse = time.monotonic(), [], ""
    with console.status(name) as status:
        try:
            for row in CHECKS[name](target):
                rows.append(row)
                status.update(f"{name}: {len(rows)} claims, {sum(not row.ok for row in rows)} do not hold")
        except NotAskedError as reason:
            excuse = str(reason)
        except Exception as error:
            rows.append(Row(name, "runs to its end", ok=False, seen=f"{type(error).__name__}: {error}"))
    report = Report(name, tuple(rows), time.monotonic() - began, excuse)
    if name == matrix.__name__:
        console.print(picture(report))
    if drawn := table(report):
        console.print(drawn)
    if excuse:
        console.print(f"{name}: not asked of this stack: {excuse}")
        return report
    counts = f"{report.count(True)} hold, {report.count(False)} do not, {report.count(None)} not checked"
    console.print(f"{name}: {counts}, {report.seconds:.1f} s")
    return report


if __name__ == "__main__":
    sys.exit(main())
