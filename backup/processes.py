"""The programs that do the work, in a row, each ended when the others fail."""

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import IO

from backup.errors import BackupError

BLOCK = 1024 * 1024


@contextmanager
def started(command: list[str], stdin: int | IO[bytes] | None = None) -> "Iterator[subprocess.Popen[bytes]]":
    """A program whose output is read by the caller; killed when the block is left early.

    When it fails: OSError where its disk was full, else BackupError with its last words.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=errors)
        try:
            yield process
            for pipe in (process.stdin, process.stdout):
                if pipe and not pipe.closed:
                    pipe.close()
            status = process.wait()
        finally:
            process.kill()
            process.wait()
        if status != 0:
            errors.seek(0)
            words = errors.read().decode(errors="replace").strip().splitlines()
            if any(os.strerror(errno.ENOSPC) in line for line in words):
                raise OSError(errno.ENOSPC, command[0])
            raise BackupError(f"{Path(command[0]).name}: {' '.join(words[-2:]) or f'ended with {status}'}")


def blocks(stream: IO[bytes] | None) -> Iterator[bytes]:
    """What a program writes, until it ends."""
    assert stream
    while block := stream.read(BLOCK):
        yield block


@contextmanager
def fed(stream: IO[bytes] | None, data: Iterable[bytes]) -> Iterator[None]:
    """Write `data` into a program from a thread while the block runs. An error of `data` is raised when it ends."""
    assert stream
    failed: list[BaseException] = []

    def feed() -> None:
        try:
            for block in data:
                stream.write(block)
        except BrokenPipeError:
            pass  # the program has ended; its own status says why
        except BaseException as error:
            failed.append(error)
        finally:
            with suppress(BrokenPipeError):
                stream.close()

    thread = Thread(target=feed, daemon=True)
    thread.start()
    yield
    thread.join()
    if failed:
        raise failed[0]
