"""Starts a phase in a process of its own, hands it its job, and passes on what it reports."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing import Pipe, reduction
from pathlib import Path
from typing import IO

from engine import signals
from engine.errors import EngineError
from engine.events import Diagnostic, Event
from engine.job import Finished, Job

_ROOT = Path(__file__).parent.parent


class Phase:
    """A phase's process, started early: it imports the SDK while its job is being prepared."""

    def __init__(self) -> None:
        self._channel, theirs = Pipe()
        command = (
            f"import gc, sys; gc.disable(); sys.path.insert(0, {str(_ROOT)!r}); "
            "from multiprocessing.connection import Connection; "
            f"from engine.phase import main; main(Connection({theirs.fileno()}))"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", command],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C comes to us alone, and we pass it on
            text=True,
            errors="replace",
        )
        theirs.close()
        self._waits = False

    def give(self, job: Job, lock_held: int | None = None) -> None:
        """Hands `job` over, with the stack's lock; one that `waits` is made ready, and begins with `run`."""
        self._waits = job.waits
        with contextlib.suppress(ConnectionError):  # it has died: `run` tells
            self._channel.send(job)
            if job.locked:
                assert lock_held is not None
                reduction.send_handle(self._channel, lock_held, self._process.pid)

    def run(self, on_event: Callable[[Event], None]) -> Finished:
        """Runs the given job to its end. An EngineError when it could not run, or was killed."""
        lock = threading.Lock()

        def tell(event: Event) -> None:
            with lock:
                on_event(event)

        with self._forwarded_signals(), self._process as process:
            assert process.stdout
            assert process.stderr
            readers = [_relay(process.stdout, "info", tell), _relay(process.stderr, "info#err", tell)]
            finished = self._listen(tell)
            process.wait()
            for reader in readers:
                reader.join()
        if finished is None:
            raise EngineError(f"the engine's process ended unexpectedly (exit {process.returncode})")
        if finished.failure:
            raise finished.failure
        return finished

    def abandon(self) -> None:
        """Ends a phase that has not begun, with the policy packs that it may have started."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        self._channel.close()

    def _listen(self, tell: Callable[[Event], None]) -> Finished | None:
        with contextlib.suppress(EOFError, ConnectionError), self._channel as channel:
            if self._waits:
                channel.send("go")
            while True:
                message = channel.recv()
                if isinstance(message, Finished):
                    return message
                tell(message)
        return None

    def _forwarded_signals(self) -> contextlib.AbstractContextManager[None]:
        main = threading.current_thread() is threading.main_thread()
        return signals.heard(self._process.send_signal) if main else contextlib.nullcontext()


_ahead: list[Phase] = []


def start_ahead() -> None:
    """Starts the process of the first phase before anything else is known about it."""
    _ahead.append(Phase())


def started_ahead() -> Phase | None:
    """The process that was started ahead, once."""
    return _ahead.pop() if _ahead else None


def _relay(stream: IO[str], severity: str, tell: Callable[[Event], None]) -> threading.Thread:
    """Turns what the program prints into diagnostics."""

    def read() -> None:
        for line in stream:
            tell(Diagnostic(severity, "", line.rstrip("\n")))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread
