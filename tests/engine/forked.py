"""Phases and policy packs forked from a process that has imported the SDK: their own processes, without start-up."""

import io
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Callable, Mapping
from contextvars import Context
from importlib import import_module
from multiprocessing import reduction
from multiprocessing.connection import Connection
from pathlib import Path

import pulumi.dynamic
import pulumi.policy
import pulumi_policy  # noqa: F401
import pulumi_random
import pulumi_tls
import pytest
from pulumi import _types

import engine.dynamic_provider  # noqa: F401
from engine import phase, program, unburdened
from engine.errors import EngineError
from engine.events import Event
from engine.job import Finished, Job

for module in phase.MOST_USED:
    import_module(module)  # else every phase does, while it waits for its job
unburdened.unburden()  # once for all phases
program.runtime_version()  # the SDK and the engine remember this, and what follows
for kind in (pulumi.dynamic.Resource, *vars(pulumi_random).values(), *vars(pulumi_tls).values()):
    if isinstance(kind, type) and issubclass(kind, pulumi.CustomResource):
        _types.resource_types(kind)
_FORK = multiprocessing.get_context("fork")


class ForkedPhase:
    """Stands where `engine.child.Phase` does."""

    def __init__(self) -> None:
        self._channel: Connection
        self._channel, self._theirs = _FORK.Pipe()
        self._process = _FORK.Process(target=_main, args=(self._theirs, self._channel))
        self._waits = False

    def give(self, job: Job, lock_held: int | None = None) -> None:
        self._waits = job.waits
        self._process.start()
        self._theirs.close()
        self._channel.send(job)
        if lock_held is not None:
            reduction.send_handle(self._channel, lock_held, self._process.pid or 0)

    def run(self, on_event: Callable[[Event], None]) -> Finished:
        with self._channel:
            if self._waits:
                self._channel.send("go")
            while not isinstance(message := self._channel.recv(), Finished):
                on_event(message)
        self._process.join()
        if message.failure:
            raise message.failure
        assert isinstance(message.failure, EngineError | None)
        return message

    def abandon(self) -> None:
        self._channel.close()
        self._theirs.close()
        if self._process.pid:
            self._process.join()


def _main(ours: Connection, parents: Connection) -> None:
    parents.close()
    sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))  # not pytest's
    Context().run(phase.main, ours)  # without what another test's program left in the SDK's variables


class ForkedPack:
    """Stands where the process of a policy pack does: runs what `python -m pulumi.policy` runs."""

    def __init__(self, path: Path, environment: Mapping[str, str]) -> None:
        reading, writing = os.pipe()
        self.stdin, self.stdout = None, os.fdopen(reading, "rb")
        self._process = _FORK.Process(target=_serve, args=(path, environment, writing))
        self._process.start()
        os.close(writing)
        self.terminate, self.kill, self.wait = self._process.terminate, self._process.kill, self._process.join


def _serve(path: Path, environment: Mapping[str, str], writing: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.dup2(writing, 1)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), write_through=True)  # as `python -u` has it
    os.environ.update(environment)
    os.chdir(path)
    sys.path.insert(0, str(path))
    sys.argv = [pulumi.policy.__name__, "127.0.0.1:0", str(path)]
    Context().run(runpy.run_module, pulumi.policy.__name__, run_name="__main__", alter_sys=True)


def start_warm(patch: pytest.MonkeyPatch) -> None:
    """Makes the engine start its phases and policy packs from here."""
    patch.setattr("engine.api.Phase", ForkedPhase)
    patch.setattr("engine.policy._start", ForkedPack)
