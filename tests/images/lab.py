"""Services of the project's images on the real engine, hardened as the platform runs them, and removed afterwards."""

import io
import secrets
import tarfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import docker
from docker.errors import APIError
from docker.types import (
    ConfigReference,
    EndpointSpec,
    Healthcheck,
    Mount,
    NetworkAttachmentConfig,
    SecretReference,
    UpdateConfig,
)

from images import lock

USER = "10001"
SECOND = 1_000_000_000


class Lab:
    """What one test made, under a prefix of its own."""

    def __init__(self) -> None:
        self.client: Any = docker.from_env()
        self.references = {name: entry.reference for name, entry in lock.read().items()}
        self.prefix = f"lab-{secrets.token_hex(4)}"
        self.specifications: dict[str, dict[str, Any]] = {}
        self.network = self.client.networks.create(self.prefix, driver="overlay", attachable=True, internal=True)

    def service(
        self,
        name: str,
        image: str,
        args: Sequence[str],
        check: Sequence[str],
        *,
        files: Mapping[str, str] | None = None,
        configs: Mapping[str, str] | None = None,
        mounts: Sequence[Mount] = (),
        signal: str = "SIGTERM",
        env: Sequence[str] = (),
    ) -> Any:
        """A service of one task; `files` are its secrets, by file name."""
        probe = Healthcheck(
            test=["CMD", *check], interval=SECOND, timeout=4 * SECOND, retries=3, start_period=60 * SECOND
        )
        self.specifications[name] = {
            "image": self.references[image],
            "name": f"{self.prefix}-{name}",
            "args": list(args),
            "env": list(env),
            "user": f"{USER}:{USER}",
            "init": True,
            "read_only": True,
            "cap_drop": ["ALL"],
            "stop_signal": signal,
            "stop_grace_period": 20 * SECOND,
            "healthcheck": probe,
            "mounts": [Mount(target="/tmp", source=None, type="tmpfs"), *mounts],
            "secrets": self._secrets(files or {}),
            "configs": self._configs(configs or {}),
            "networks": [NetworkAttachmentConfig(self.network.id or "", aliases=[name])],
            "endpoint_spec": EndpointSpec(mode="dnsrr"),
            "update_config": UpdateConfig(order="stop-first", monitor=4 * SECOND),
        }
        return self.client.services.create(**self.specifications[name])

    def give(self, name: str, files: Mapping[str, str]) -> None:
        """Updates the service with new secrets, as a rotation does."""
        self.specifications[name]["secrets"] = self._secrets(files)
        self._service(name).update(**self.specifications[name])

    def memory(self) -> Mount:
        """The volume in memory that a callee and its keeper share."""
        options = {"type": "tmpfs", "device": "tmpfs", "o": f"size=1m,uid={USER},gid={USER},mode=0700"}
        name = f"{self.prefix}-shared"
        self.client.volumes.create(name, driver="local", driver_opts=options)
        return Mount(target="/run/keeper", source=name, type="volume")

    def data(self, target: str) -> Mount:
        """An empty volume."""
        return Mount(target=target, source=f"{self.prefix}-data", type="volume")

    def healthy(self, name: str, seconds: float = 60) -> Any:
        """The container of the service's only running task, once it is healthy."""
        return self.until(lambda: self._healthy(name), seconds, lambda: f"{name} is not healthy\n{self.logs(name)}")

    def until(self, found: Callable[[], Any], seconds: float, complaint: Callable[[], str]) -> Any:
        """What `found` returns once that is true; after `seconds`, fails with the complaint."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if result := found():
                return result
            time.sleep(0.3)
        raise AssertionError(f"after {seconds} s: {complaint()}")

    def containers(self, name: str) -> Any:
        """The containers of the service that run."""
        return self.client.containers.list(filters=self._labelled(name), ignore_removed=True)

    def logs(self, name: str) -> str:
        """What the service has written so far, stopped tasks included. (Swarm shows nothing of a task that starts.)"""
        found = self.client.containers.list(all=True, filters=self._labelled(name), ignore_removed=True)
        return b"".join(container.logs() for container in found).decode(errors="replace")

    def client_container(self, image: str, files: Mapping[str, str]) -> Any:
        """A container on the same network that a test speaks from; `files` are in /certs, as a caller holds them."""
        container = self.client.containers.create(
            self.references[image],
            entrypoint=["sleep", "600"],
            command=[],
            network=self.network.name,
            labels={"lab": self.prefix},
            init=True,
        )
        container.put_archive("/", as_archive({f"certs/{file}": text for file, text in files.items()}))
        container.start()
        return container

    def close(self) -> None:
        """Removes everything again, and lets nothing drain."""
        for service in self._mine(self.client.services):
            service.remove()
        names = [self._labelled(name) for name in self.specifications]
        for made in [{"label": f"lab={self.prefix}"}, *names]:
            for container in self.client.containers.list(all=True, filters=made, ignore_removed=True):
                with suppress(APIError):  # Swarm removes it too
                    container.remove(force=True)
        self.until(lambda: not any(self.containers(name) for name in self.specifications), 40, lambda: "still running")
        removals = [*self._mine(self.client.secrets), *self._mine(self.client.configs)]
        removals += [volume for volume in self.client.volumes.list() if self.prefix in (volume.name or "")]
        for thing in [*removals, self.network]:
            self.until(partial(_removed, thing), 30, partial(str, thing))

    def _mine(self, collection: Any) -> list[Any]:
        return list(collection.list(filters={"name": self.prefix}))

    def _service(self, name: str) -> Any:
        return self.client.services.get(f"{self.prefix}-{name}")

    def _labelled(self, name: str) -> dict[str, str]:
        return {"label": f"com.docker.swarm.service.name={self.prefix}-{name}"}

    def _healthy(self, name: str) -> Any:
        status = self._service(name).attrs.get("UpdateStatus", {}).get("State", "completed")
        well = [c for c in self.containers(name) if c.attrs["State"].get("Health", {}).get("Status") == "healthy"]
        return well[0] if status == "completed" and len(well) == 1 else None

    def _secrets(self, files: Mapping[str, str]) -> list[SecretReference]:
        made = []
        for file, text in files.items():
            name = f"{self.prefix}-{secrets.token_hex(4)}"
            identity = self.client.secrets.create(name=name, data=text.encode()).id
            made.append(SecretReference(identity, name, filename=file, uid=USER, gid=USER, mode=0o400))
        return made

    def _configs(self, texts: Mapping[str, str]) -> list[ConfigReference]:
        made = []
        for path, text in texts.items():
            name = f"{self.prefix}-{secrets.token_hex(4)}"
            identity = self.client.configs.create(name=name, data=text.encode()).id
            made.append(ConfigReference(identity, name, filename=path, uid=USER, gid=USER, mode=0o444))
        return made


def run(container: Any, *command: str, **environment: str) -> tuple[int, str]:
    """Exit status and output of a command inside the container."""
    status, output = container.exec_run(list(command), environment=environment)
    return int(status), output.decode(errors="replace")


def _removed(thing: Any) -> bool:
    try:
        thing.remove()
    except APIError:
        return False
    return True


def as_archive(files: Mapping[str, str]) -> bytes:
    """A tar of the files, each readable by the images' own user only."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.uid = entry.gid = int(USER)
            entry.mode, entry.size = 0o400, len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return stream.getvalue()
