"""A server that is not who it should be, to see which clients talk to it."""

import socket
import ssl
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from verify.matrix import reason
from verify.namespace import network_of
from verify.running import Task
from verify.tls import Identity, received, show

BELIEVED, REFUSED = "believed", "refused"


@dataclass
class Impostor:
    """A server on the loopback of a task; `heard` says whether a client told it anything, or why one did not."""

    identity: Identity
    speaks_postgres: bool
    heard: str = "nobody came"

    def open(self, stack: ExitStack, task: Task) -> int:
        """Answer in the task's network until `stack` closes; the port."""
        with network_of(task.pid):
            door = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        stack.callback(door.shutdown, socket.SHUT_RDWR)
        threading.Thread(target=self._serve, args=(door,), daemon=True).start()
        return int(door.getsockname()[1])

    def _serve(self, door: socket.socket) -> None:
        """Hear every visitor as far as the first word after the handshake, until the door closes."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        show(context, self.identity)
        with suppress(OSError):
            while True:
                visitor, _ = door.accept()
                visitor.settimeout(5)
                with visitor:
                    self._greet(visitor, context)

    def _greet(self, visitor: socket.socket, context: ssl.SSLContext) -> None:
        try:
            if self.speaks_postgres:
                received(visitor, 8)
                visitor.sendall(b"S")
            with context.wrap_socket(visitor, server_side=True) as stream:
                received(stream, 1)
                self.heard = BELIEVED
        except OSError as error:
            self.heard = f"{REFUSED}: {reason(error)}"
