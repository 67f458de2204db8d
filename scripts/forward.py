"""python -m scripts.forward STACK SERVICE [PORT]: a service's application on a loopback port of this machine.

For development: nothing is published, and nothing stays when it ends. Each connection runs inside the service's own
container, past its front, to where the application listens, so it speaks plain HTTP.
"""

import argparse
import asyncio
import os
import signal
import sys

import docker
from docker.errors import DockerException

from diagram.service import LOOPBACK
from scripts import containers

RELAY = 'exec 3<>"/dev/tcp/127.0.0.1/$0" && { cat <&3 & cat >&3; kill %1; }'
CHUNK = 65536


class ForwardError(Exception):
    """The service is not there, or the port is taken."""


def container(stack: str, service: str) -> tuple[str, int]:
    """The container of a service's first task, and the port that its application was told to listen on."""
    found = containers.labelled(docker.from_env(), stack, {"service": service})
    if not found:
        raise ForwardError(f"stack {stack} runs no service {service}")
    variables = dict(variable.partition("=")[::2] for variable in found[0].attrs["Config"]["Env"])
    if "PORT" not in variables:
        raise ForwardError(f"{service} listens on no loopback port")
    return str(found[0].id), int(variables["PORT"])


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, identity: str, port: int) -> None:
    """One connection, until either side closes it."""
    command = ("docker", "exec", "-i", identity, "bash", "-c", RELAY, str(port))
    pipe = asyncio.subprocess.PIPE
    inside = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, start_new_session=True)
    assert inside.stdin
    assert inside.stdout
    try:
        await asyncio.wait(
            [asyncio.create_task(copy(reader, inside.stdin)), asyncio.create_task(copy(inside.stdout, writer))],
            return_when=asyncio.FIRST_COMPLETED,
        )
    except asyncio.CancelledError:
        pass  # the forwarder ends, and this connection with it
    finally:
        writer.close()
        if inside.returncode is None:
            os.killpg(inside.pid, signal.SIGTERM)


async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Bytes from one to the other, to the end."""
    while data := await source.read(CHUNK):
        target.write(data)
        await target.drain()


async def forward(stack: str, service: str, port: int | None) -> None:
    """Listen until interrupted."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    identity, inner = container(stack, service)
    outer = port or inner - LOOPBACK
    try:
        server = await asyncio.start_server(lambda r, w: relay(r, w, identity, inner), "127.0.0.1", outer)
    except OSError as error:
        raise ForwardError(f"127.0.0.1:{outer} cannot be used ({error.strerror}): name another port") from None
    print(f"{service} of stack {stack}: http://127.0.0.1:{outer}  (Ctrl-C ends it)", flush=True)
    await ended.wait()
    server.close()


def main() -> int:
    """0 when interrupted, 1 with one clear message when it could not begin."""
    parser = argparse.ArgumentParser(prog="python -m scripts.forward", description=__doc__)
    parser.add_argument("stack")
    parser.add_argument("service")
    parser.add_argument("port", nargs="?", type=int)
    asked = parser.parse_args()
    try:
        asyncio.run(forward(asked.stack, asked.service, asked.port))
    except (ForwardError, DockerException) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
