"""A handshake in which the client offers one group alone.

OpenSSL reads the groups that it offers when a process begins, and the ssl module of Python 3.11 can choose among some
of them only: a process of its own asks, with a configuration of its own.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

from verify.public import HERE, SECONDS, Public

_CONFIGURATION = """
openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = own
[own]
Groups = {}
"""
_ASK = """
import socket, ssl, sys
from verify.tls import client
here, port, host, seconds = sys.argv[1:]
context = client(sys.stdin.buffer.read(), None)
context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
try:
    plain = socket.create_connection((here, int(port)), float(seconds))
    with context.wrap_socket(plain, server_hostname=host) as stream:
        print(stream.version())
except OSError as error:
    sys.exit(getattr(error, "reason", None) or str(error))
"""


def agree(public: Public, group: str) -> tuple[bool, str]:
    """Whether the gateway, verified as by any client, agrees on `group`; and the version, or why not."""
    with NamedTemporaryFile("w", prefix="rempart-group-", suffix=".cnf") as file:
        file.write(_CONFIGURATION.format(group))
        file.flush()
        done = subprocess.run(
            [sys.executable, "-c", _ASK, HERE, str(public.https), public.host, str(SECONDS)],
            input=public.roots.decode(), env={**os.environ, "OPENSSL_CONF": file.name},
            cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False,
        )  # fmt: skip
    return done.returncode == 0, (done.stdout + done.stderr).strip().rpartition("\n")[2]
