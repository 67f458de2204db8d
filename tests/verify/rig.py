"""A small platform made by hand on the real engine, to be proven: services that sleep, links, certificates.

What answers in a task's place is a thread of the test inside the task's network, so that a test chooses how well it
guards its door.
"""

# mypy: allow-untyped-calls

import json
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from docker import APIClient
from docker.types import ContainerSpec, EndpointSpec, Healthcheck, IPAMConfig, IPAMPool, SecretReference, TaskTemplate

from diagram import Addresses, Link, Service, System
from settings import Settings
from verify.authorities import Authority, fresh
from verify.namespace import network_of
from verify.running import Target, Task
from verify.tls import Identity, show

ROOT = Path(__file__).parents[2]
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def image() -> str:
    return str(json.loads((ROOT / "images.lock.json").read_text())["base"]["reference"])


@dataclass
class Rig:
    """A stack called `stack`, running. `authorities` are the callees'."""

    target: Target
    root: Authority
    authorities: Mapping[str, Authority]
    prefix: str
    internal: bool = True
    doors: ExitStack = field(default_factory=ExitStack)

    def answer(self, service: str, port: int, **guard: Any) -> None:
        """Let every task of `service` answer at `port`, guarded as `guarded` says."""
        identity = self.root.leaf(service, "server_auth")
        context = guarded(identity, self.authorities[service].pem, **guard)
        for task in self.target.of(service):
            self.doors.enter_context(served(task, port, context))


def guarded(identity: Identity, callers: bytes, *, asks: bool = True) -> ssl.SSLContext:
    """A server's context that takes callers of one authority; or of none, when it does not even ask."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    show(context, identity)
    context.load_verify_locations(cadata=callers.decode())
    context.verify_mode = ssl.CERT_REQUIRED if asks else ssl.CERT_NONE
    return context


@contextmanager
def served(task: Task, port: int, context: ssl.SSLContext) -> Iterator[None]:
    with network_of(task.pid):
        door = socket.create_server(("", port))
    threading.Thread(target=_serve, args=(door, context), daemon=True).start()
    try:
        yield
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()


def _serve(door: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            visitor, _ = door.accept()
            threading.Thread(target=_answer, args=(visitor, context), daemon=True).start()


def _answer(visitor: socket.socket, context: ssl.SSLContext) -> None:
    visitor.settimeout(5)
    with suppress(OSError), visitor, context.wrap_socket(visitor, server_side=True) as stream:
        if stream.recv(4096):
            stream.sendall(ANSWER)


@contextmanager
def rig(services: tuple[Service, ...], tmp_path: Path, *, internal: bool = True) -> Iterator[Rig]:
    """The services, running as the diagram of `services` says; all of it is gone at the end."""
    engine = APIClient(timeout=120)
    stack = f"verify-{secrets.token_hex(3)}"
    system = System(name="rig", services=services, addresses=Addresses(pool=IPv4Network("10.253.0.0/16")))
    settings = Settings(system="rig", environment="development", database="none", certificate="root")
    target = Target(tmp_path, stack, settings, system, engine)
    root, authorities = fresh("root"), {service.name: fresh(service.name) for service in services}
    made = Rig(target, root, authorities, stack, internal)
    try:
        _make(made)
        _wait(made)
        with made.doors:
            yield made
    finally:
        _remove(engine, stack)


def _make(rig: Rig) -> None:
    target, engine = rig.target, rig.target.engine
    networks = {link.name: _network(rig, link.name, target.system.subnets[link.name]) for link in target.system.links}
    for service in target.system.services:
        joined: list[Any] = [_joined(networks, link, service) for link in _links(target.system, service)]
        if target.system.is_alone(service):
            name = f"{service.name}-alone"
            joined = [{"Target": _network(rig, name, target.system.subnets[name])}]
        labels = _labels(rig) | {"rempart.service": service.name}
        files = [_secret(rig, name, content) for name, content in _files(rig, service).items()]
        health = Healthcheck(test=["CMD", "true"], interval=10**9, timeout=10**9, retries=3)
        container = ContainerSpec(
            service.image, command=["sleep", "infinity"], labels=labels, init=True, secrets=files, healthcheck=health
        )
        engine.create_service(
            TaskTemplate(container, networks=joined),
            name=f"{rig.prefix}-{service.name}",
            labels=labels,
            mode={"Replicated": {"Replicas": service.replicas}},
            endpoint_spec=EndpointSpec(mode="dnsrr"),
        )


def _links(system: System, service: Service) -> tuple[Link, ...]:
    return system.callers(service) + system.callees(service)


def _joined(networks: Mapping[str, str], link: Link, service: Service) -> dict[str, Any]:
    """The network of a link as one of its ends joins it: the callee answers there by its name."""
    return {"Target": networks[link.name]} | ({"Aliases": [service.name]} if link.callee == service.name else {})


def _files(rig: Rig, service: Service) -> dict[str, bytes]:
    links: tuple[Link, ...] = rig.target.system.callees(service)
    files = {"root.pem": rig.root.pem, "callers.pem": rig.authorities[service.name].pem}
    for link in links:
        leaf = rig.authorities[link.callee].leaf(link.caller, "client_auth")
        files |= {f"{link.callee}.pem": leaf.certificate, f"{link.callee}.pem.key": leaf.key}
    return files


def _network(rig: Rig, name: str, subnet: IPv4Network) -> str:
    pool = IPAMPool(subnet=str(subnet), gateway=str(subnet.network_address + 1))
    made = rig.target.engine.create_network(
        f"{rig.prefix}-{name}", driver="overlay", internal=rig.internal, ipam=IPAMConfig(pool_configs=[pool]),
        labels=_labels(rig),
    )  # fmt: skip
    return str(made["Id"])


def _secret(rig: Rig, name: str, content: bytes) -> Any:
    secret = f"{rig.prefix}-{secrets.token_hex(4)}"
    made = rig.target.engine.create_secret(secret, content, labels=_labels(rig))
    return SecretReference(made["ID"], secret, filename=name, mode=0o400)


def _labels(rig: Rig) -> dict[str, str]:
    return {"rempart.stack": rig.target.stack, "rempart.platform": rig.target.system.name}


def _wait(rig: Rig) -> None:
    wanted = sum(service.replicas for service in rig.target.system.services)
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        found = rig.target.engine.containers(filters={"label": rig.target.labels, "health": "healthy"})
        if len(found) == wanted:
            return
        time.sleep(0.5)
    raise TimeoutError(f"{len(found)} of {wanted} tasks of the rig became healthy")


def _remove(engine: APIClient, stack: str) -> None:
    mine = {"label": [f"rempart.stack={stack}"]}
    for service in engine.services(filters=mine):
        engine.remove_service(service["ID"])
    deadline = time.monotonic() + 60
    while engine.containers(filters=mine, all=True) and time.monotonic() < deadline:
        time.sleep(0.5)
    for secret in engine.secrets(filters=mine):
        engine.remove_secret(secret["ID"])
    for network in engine.networks(filters=mine):
        with suppress(Exception):
            engine.remove_network(network["Id"])
