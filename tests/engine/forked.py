"""Phases forked from a process that has imported the SDK: each in a process of its own, without the start-up."""

import multiprocessing
import os
import sys
from collections.abc import Callable
from contextvars import Context
from multiprocessing import reduction
from multiprocessing.connection import Connection

import pulumi_random  # noqa: F401
import pulumi_tls  # noqa: F401

import engine.dynamic_provider
import engine.random_provider
import engine.tls_provider  # noqa: F401
from engine import phase
from engine.errors import EngineError
from engine.events import Event
from engine.job import Finished, Job

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
