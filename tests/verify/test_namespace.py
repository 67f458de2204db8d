"""What a network's own table says of a connection: it is there as long as it is open, and no longer."""

import os
import socket

from verify.namespace import has_arrived


def test_a_connection_is_known_while_it_is_open_and_not_once_it_has_ended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            source = client.getsockname()[1]
            accepted, _ = server.accept()
            assert has_arrived(os.getpid(), port, source)
            accepted.close()  # who closes first keeps the socket in TIME_WAIT
        assert not has_arrived(os.getpid(), port, source)
