"""A phase: one plan or one update of one stack, in a process of its own."""

import contextlib
import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from engine import backend, capture, deletion, packages, pending, policy, program, refreshing, signals
from engine.deployment import Deployment, Stop
from engine.errors import EngineError
from engine.events import Diagnostic, Event, Summary
from engine.job import Finished, Job
from engine.journal import Journal
from engine.provider import ProviderError
from engine.urn import STACK_TYPE
from engine.values import Secret, shown

MOST_USED = (
    "engine.random_provider",
    "engine.tls_provider",
    "pulumi_random",
    "pulumi_tls",
    "engine.docker.provider",
    "pulumi_docker",
)
_LAST_SECONDS = 5  # in which the steps of a phase whose parent was killed may end


def main(channel: Connection) -> None:
    """Runs the job that comes through `channel` and sends its events and its end there."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        job: Job = _awaited(channel)
    except EOFError:
        return  # nothing was to be done after all
    gc.freeze()  # of what was imported until here nothing is garbage
    gc.enable()
    if job.locked:
        reduction.recv_handle(channel)  # stays open until this process ends, and the lock is not stale before
    sending = threading.Lock()

    def send(message: Event | Finished) -> None:
        with sending, contextlib.suppress(OSError):
            channel.send(message)

    try:
        if finished := run(job, send, channel):
            send(finished)
    except EngineError as error:
        send(Finished(False, (str(error),), {}, failure=error))
    gc.freeze()  # else the interpreter looks through all of it before it ends


def run(job: Job, emit: Callable[[Event], None], channel: Connection) -> Finished | None:
    """The phase; None when it was not to be after all. An EngineError when it cannot begin or write its state."""
    environment = policy.environment_of(job.project.name, job.stack, job.organization, job.preview, job.config)
    configure = analyzer_pb2.AnalyzerStackConfigureRequest(
        stack=job.stack,
        project=job.project.name,
        organization=job.organization,
        dry_run=job.preview,
        config=job.config,
        config_secret_keys=sorted(job.secret_keys),
    )
    packs = policy.running(job.policy_packs, job.policy_configs, environment, configure)
    with packs as ready, contextlib.ExitStack() as listening:
        if job.waits and not _told_to_go(channel):
            return None
        began = time.monotonic()
        checkpoint = backend.load(job.location, job.crypter)
        journal = Journal(checkpoint, None if job.preview else job.location)
        try:
            deployment = Deployment(job.project.name, job.stack, job.preview, journal, emit, checkpoint.pending)
            deployment.config = {
                key: Secret(text) if key in job.secret_keys else text for key, text in job.config.items()
            }
            deployment.redactor.learn(deployment.config)
            listening.enter_context(_stopped_when_told(deployment, channel))
            with contextlib.suppress(Stop), capture.printed(deployment):
                _act(job, deployment, ready)
            if deployment.errors:
                _keep_outputs(deployment)
        finally:
            journal.close()
    ok = not deployment.errors
    emit(Summary("preview" if job.preview else job.kind, ok, dict(deployment.counts), time.monotonic() - began))
    settled = ok and not journal.touched and not deployment.forked
    return Finished(ok, tuple(deployment.errors), _outputs(deployment), settled)


def _told_to_go(channel: Connection) -> bool:
    """Waits for the word: False when there is none, because the plan was not good or nobody wants it."""
    try:
        _awaited(channel)
    except EOFError:
        return False
    return True


def _awaited(channel: Connection) -> Any:
    """The next message; while there is none, imports what most programs will."""
    for module in MOST_USED:
        if channel.poll():
            break
        with contextlib.suppress(ImportError):
            import_module(module)
    return channel.recv()


def _act(job: Job, deployment: Deployment, ready: Callable[[], policy.Policies]) -> None:
    try:
        pending.resolve(deployment)
        if job.refresh or job.kind == "refresh":
            refreshing.refresh_all(deployment, quietly=job.kind != "refresh")
        if job.kind == "destroy":
            deletion.delete_all(deployment, deployment.base)
        elif job.kind == "up":
            packages.refuse_configuration(job.config)
            deployment.policies_ready = ready
            program.run(job.project, deployment, job.organization, job.config, job.secret_keys)
            if not deployment.stopping.is_set():
                for pack in deployment.policies.described():
                    deployment.emit(pack)
    except (EngineError, ProviderError) as error:
        raise deployment.fail(str(error)) from error


def _keep_outputs(deployment: Deployment) -> None:
    """After a failure, what the program did not come to tell anew stays among the stack's outputs."""
    roots = [state for state in deployment.news.values() if state.type == STACK_TYPE and state.urn in deployment.olds]
    for root in roots:
        kept = {**deployment.olds[root.urn].outputs, **root.outputs}
        if kept != root.outputs:
            root.outputs = kept
            deployment.journal.rewritten(root)


def _outputs(deployment: Deployment) -> dict[str, Any]:
    root = next((each for each in deployment.journal.resources() if each.type == STACK_TYPE), None)
    return dict(shown(root.outputs)) if root else {}


@contextlib.contextmanager
def _stopped_when_told(deployment: Deployment, channel: Connection) -> Iterator[None]:
    """The first signal lets the running steps end and begins no other; a second one ends the process as it is."""

    told = threading.Event()

    def stop(number: int) -> None:
        if told.is_set():
            os._exit(128 + number)
        told.set()
        deployment.emit(Diagnostic("warning", "", "canceled: waiting for the steps that are under way"))
        deployment.cancel()

    def orphaned() -> None:
        with contextlib.suppress(EOFError, OSError):
            channel.recv()
        deployment.stopping.set()
        time.sleep(_LAST_SECONDS)
        os._exit(1)  # what is still under way is recorded as such, and the next run looks what became of it

    threading.Thread(target=orphaned, daemon=True).start()
    with signals.heard(stop):
        yield
