"""Runs the unmodified `__main__.py` under the Pulumi SDK, with a monitor of ours in place of the CLI's."""

import asyncio
import logging
import os
import runpy
import sys
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pulumi
from pulumi import runtime
from pulumi.runtime import settings
from pulumi.runtime.stack import run_in_stack

from engine import unburdened
from engine.deployment import Deployment
from engine.errors import UnsupportedError
from engine.monitor import Log, Monitor
from engine.project import Project

TESTED_SDK = "3.272."
_WORKERS = 64  # registrations at a time; each waits for its step in a thread
_PLANNERS = 8  # the same for a preview, where none waits long
_OURS = (str(Path(__file__).parent), str(Path(pulumi.__file__).parent), asyncio.__path__[0], "<frozen runpy>")


def run(
    project: Project, deployment: Deployment, organization: str, config: Mapping[str, str], secret_keys: frozenset[str]
) -> None:
    """Runs the program to its end; what goes wrong is reported to `deployment`."""
    if not runtime_version().startswith(TESTED_SDK):
        raise UnsupportedError(f"version {runtime_version()} of the Pulumi SDK (tested: {TESTED_SDK}x)")
    os.chdir(project.main)
    sys.path.insert(0, str(project.main))
    sys.argv = [str(project.main)]
    runtime.set_all_config(dict(config), sorted(secret_keys))
    monitor = Monitor(deployment)
    runtime.configure(
        runtime.Settings(
            project=project.name,
            stack=deployment.stack,
            monitor=monitor,
            engine=Log(deployment),
            dry_run=deployment.preview,
            organization=organization,
            root_directory=str(project.root),
        )
    )
    unburdened.unburden()
    _notice_a_fork(deployment)
    _run_to_end(deployment, project.main / "__main__.py")


@cache
def runtime_version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - slow to import, and the phase has better to do first

    return version("pulumi")


def _notice_a_fork(deployment: Deployment) -> None:
    """Notes when the program, not the SDK, asks whether this is a plan."""
    answer = settings.is_dry_run

    def is_dry_run() -> bool:
        if not str(sys._getframe(1).f_globals.get("__name__")).startswith("pulumi."):
            deployment.forked = True
        return answer()

    settings.is_dry_run = runtime.is_dry_run = is_dry_run


def _run_to_end(deployment: Deployment, main: Path) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    workers = ThreadPoolExecutor(_PLANNERS if deployment.preview else _WORKERS, thread_name_prefix="register")
    loop.set_default_executor(workers)
    try:
        loop.run_until_complete(run_in_stack(lambda: _execute(main)))
    except pulumi.RunError as error:
        if not deployment.stopping.is_set():
            deployment.error(str(error))
    except SystemExit as error:
        if error.code:
            deployment.error(f"program exited with non-zero exit code: {error.code}")
    except Exception as error:
        if not deployment.stopping.is_set():
            deployment.error(f"Program failed with an unhandled exception:\n{_told(error)}")
    finally:
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        workers.shutdown()  # registrations that are under way end, whatever became of the program


def _execute(main: Path) -> None:
    runpy.run_path(str(main), run_name="__main__")


def _told(error: BaseException) -> str:
    """The traceback without the frames of the SDK and the engine."""
    told = traceback.TracebackException.from_exception(error)
    link: traceback.TracebackException | None = told
    while link:
        users = [frame for frame in link.stack if not frame.filename.startswith(_OURS)]
        link.stack = traceback.StackSummary.from_list(users or list(link.stack))
        link = link.__cause__ or link.__context__
    return "".join(told.format())
