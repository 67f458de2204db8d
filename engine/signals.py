"""Signals that are heard at once, whatever the main thread waits for."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def heard(tell: Callable[[int], None]) -> Iterator[None]:
    """Has a thread call `tell` with each SIGINT and SIGTERM; to be entered in the main thread.

    A handler alone would be run by the main thread, between two of its instructions: a signal that comes just before
    that begins to wait is handled when it has ended waiting.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)

    def listen() -> None:
        while number := os.read(reading, 1):
            tell(number[0])

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    wakeup = signal.set_wakeup_fd(writing)
    handlers = {number: signal.signal(number, lambda *_: None) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(wakeup)
        os.close(writing)
        listener.join()
        os.close(reading)
