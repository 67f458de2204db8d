"""A service behind its front, and the kinds that differ from it only in their command and their files."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_docker as docker

import diagram
from components import expiry, server
from components.authority import Authority
from components.component import Component
from components.files import ConfigFile, SecretFile, config_file, secret_file
from components.network import internal, way_out
from components.place import Place
from components.task import Task, service, volume
from components.text import haproxy
from diagram.boundary import WAYS_OUT

FRONT = "/etc/front/haproxy.cfg"


class Service(Component):
    """One service of the diagram with its secrets, configurations, volume and networks.

    A subclass says what its kind adds by overriding the small methods below; each is called once.
    """

    stop_signal = "SIGTERM"

    def __init__(
        self,
        name: str,
        description: Any,
        place: Place,
        authority: Authority | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self.description = description
        self.reader = description.name
        self.place = place
        self.authority = authority
        self.service = service(self, self._task(), after=place.awaited(description))
        place.made[description.name] = [self.service]
        self.companions()
        self.register_outputs({"name": self.service.name})

    def companions(self) -> None:
        """Create the services that belong to this one."""

    def command(self) -> Sequence[str]:
        """The arguments of the image's entry point."""
        return tuple(self.description.command)

    def check(self) -> Sequence[str]:
        """The health check."""
        health = self.description.health
        return ("probe", str(self.description.loopback), health.ready, health.alive)

    def texts(self) -> Mapping[str, str]:
        """The configuration files beyond the front's: path to text."""
        return dict(self.description.files)

    def front(self) -> str:
        """The front's configuration; empty when it needs none."""
        callers = self.place.descriptions(self.place.callers(self.description))
        return haproxy.front(self.description, callers, self.place.descriptions(self._callees))

    def ports(self) -> Sequence[Mapping[str, Any]]:
        """The published ports."""
        return ()

    def own_secrets(self) -> list[SecretFile]:
        """The secrets that belong to no link."""
        if not self.authority:
            return []
        return server.files(self, self.place.root, self.authority, self.description)

    def listens(self) -> dict[str, str]:
        """The variable that tells the application its loopback port."""
        return {"PORT": str(self.description.loopback)} if self.description.loopback else {}

    def variables(self) -> dict[str, str]:
        """The variables that tell the program what its kind needs beside."""
        return {}

    def mounts(self) -> list[dict[str, Any]]:
        """The volumes and, for live reload, the sources."""
        mounts = []
        if self.description.volume:
            mounts.append(volume(self._data().name, self.description.volume))
        if self.description.sources:
            source = {"type": "bind", "source": self.description.sources, "target": "/app/apps", "read_only": True}
            mounts.append(source)
        return mounts

    @property
    def _callees(self) -> list[Any]:
        return self.place.callees(self.description)

    def _task(self) -> Task:
        it, place = self.description, self.place
        return Task(
            name=it.name, kind=it.kind, zone=it.zone.value, image=it.image, platform=place.platform,
            runs_on=it.runs_on, cpus=it.cpus, memory=it.memory, health=it.health, grace=it.grace, replicas=it.tasks,
            reserves=it.reserves,
            args=self.command(), check=self.check(), env=self._env(),
            secrets=self._secrets(), configs=self._configs(), mounts=self.mounts(),
            called_on=[link.network for link in place.callers(it)],
            calls_on=[*(link.network for link in self._callees), *self._extra_networks()],
            links=place.names(it), ports=self.ports(), stop_signal=self.stop_signal,
            single=bool(it.volume) or bool(self.ports()),
            resolves_outside=isinstance(it, diagram.Egress | diagram.Forward),
        )  # fmt: skip

    def _env(self) -> dict[str, str]:
        env = self.listens() | self.variables()
        for link in self._callees:
            env |= link.env
        env |= {secret.variable: f"/run/secrets/{secret.name}" for secret in self._given()}
        return {**env, **self.description.env}

    def _given(self) -> list[diagram.Secret]:
        return [secret for secret in self.description.held() if secret.name in self.place.files]

    def _secrets(self) -> list[SecretFile]:
        files = [file for link in self._callees for file in link.files]
        files += [self.place.files[secret.name] for secret in self._given()]
        if any(link.files for link in self._callees):
            files.append(self.place.root_file)
        return [*files, *self.own_secrets()]

    def _configs(self) -> list[ConfigFile]:
        texts = {**({FRONT: front} if (front := self.front()) else {}), **self.texts()}
        return [
            config_file(self, f"config-{path.rpartition('/')[2].replace('.', '-')}", path, text)
            for path, text in texts.items()
        ]

    def _extra_networks(self) -> list[docker.Network]:
        it, place = self.description, self.place
        if isinstance(it, WAYS_OUT):
            return [way_out(self, place.subnet(f"{it.name}-way-out"), it.name)]
        if place.system.is_alone(it):
            return [internal(self, "alone", place.subnet(f"{it.name}-alone"), f"{it.name}-alone")]
        return []

    def _data(self) -> docker.Volume:
        keep = self.place.system.keep_data
        opts = pulumi.ResourceOptions(parent=self, retain_on_delete=keep)
        return docker.Volume(self.child("data"), opts=opts)


class Workers(Service):
    """Background workers."""


class Exporter(Service):
    """Answers for another's metrics."""

    def own_secrets(self) -> list[SecretFile]:
        """For one that tells when certificates end, a file that its text collector shows."""
        files = super().own_secrets()
        if self.description.certificates:
            text = expiry.metrics(self.place.ends())
            files.append(secret_file(self, "certificates", "certificates.prom", text))
        return files
