"""The engine itself: what no service can say of the daemon under it, and what the policies' advisory names."""

# mypy: allow-untyped-calls

import http
import http.client
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from verify.report import Row
from verify.running import Target, Task

SUBJECT: Final = "daemon"
SOCKET: Final = Path("/var/run/docker.sock")
LOOPBACK: Final = frozenset({"127.0.0.0/8", "::1/128"})
API_PORTS: Final = (2375, 2376)
"""Those that dockerd's manual gives to its API, without TLS and with it."""
DAYS_90: Final = 90 * 24 * 3600 * 10**9
"""Nanoseconds: how long a certificate of a node lives unless somebody asks for another time (CIS Docker 7.8)."""


def daemon(target: Target) -> Iterator[Row]:
    """What holds on this node, by what its engine says and by what answers."""
    yield from of_engine(target.engine.info())
    for port in API_PORTS:
        answers = _answers_anybody(port)
        yield Row(SUBJECT, f"gives its API to nobody without a certificate on port {port} (CIS 2.7)", not answers)
    mode = SOCKET.stat().st_mode
    closed = not mode & stat.S_IRWXO
    yield Row(SUBJECT, "keeps its socket from other users (CIS 3.16)", closed, stat.filemode(mode))
    for task in {task.service: task for task in target.tasks}.values():
        yield _gains_no_privileges(task)


def of_engine(info: Mapping[str, Any]) -> Iterator[Row]:
    """What the engine's description of itself (``docker info``) tells."""
    options = list(info.get("SecurityOptions") or ())
    profiles = [option for option in options if option.startswith("name=seccomp")]
    filtered = any(it.endswith(("profile=default", "profile=builtin")) or "/" in it for it in profiles)
    yield Row(SUBJECT, "filters system calls (CIS 5.22)", filtered, ", ".join(profiles) or "no seccomp")
    registries = info.get("RegistryConfig") or {}
    open_ranges = sorted(set(registries.get("InsecureRegistryCIDRs") or ()) - LOOPBACK)
    insecure = sorted(name for name, it in (registries.get("IndexConfigs") or {}).items() if not it.get("Secure"))
    seen = ", ".join((*open_ranges, *insecure)) or "none beyond loopback"
    yield Row(SUBJECT, "trusts no registry without TLS (CIS 2.5)", not (open_ranges or insecure), seen)
    driver = info.get("Driver", "")
    yield Row(SUBJECT, "does not keep layers with aufs (CIS 2.6)", driver != "aufs", driver)
    experimental = bool(info.get("ExperimentalBuild"))
    yield Row(SUBJECT, "runs nothing experimental (CIS 2.17)", not experimental, str(experimental))
    swarm = (((info.get("Swarm") or {}).get("Cluster") or {}).get("Spec") or {}).get("CAConfig") or {}
    life = int(swarm.get("NodeCertExpiry") or 0)
    claim = "renews the certificates of its swarm's nodes within 90 days (CIS 7.8)"
    yield Row(SUBJECT, claim, 0 < life <= DAYS_90, f"{life // 10**9 // 86400} days")


def _gains_no_privileges(task: Task) -> Row:
    """A service cannot ask for it: the engine's configuration does (``no-new-privileges``), or nothing is setuid."""
    claim = "its processes can gain no privileges (CIS 5.26)"
    if "NoNewPrivs:\t1" in Path(f"/proc/{task.pid}/status").read_text():
        return Row(task.service, claim, ok=True, seen="no-new-privileges")
    found = ", ".join(setuid_files(task.file("/")))
    return Row(task.service, claim, not found, found or "the engine allows it, and its image holds no setuid program")


def setuid_files(root: Path) -> Iterator[str]:
    """The files below `root`, on its own file system, that run as another user or group than who starts them."""
    device = root.stat().st_dev
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if os.lstat(f"{folder}/{name}").st_dev == device]
        for path in (f"{folder}/{name}" for name in files):
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                yield "/" + os.path.relpath(path, root)


def _answers_anybody(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=3)) as connection:
        try:
            connection.request("GET", "/_ping")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
