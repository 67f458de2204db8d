"""The platform: a whole system, realised."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_random as random
from pulumi import ResourceOptions

import diagram
from components import backup, boundary, documents, jobs, monitoring, objects, pooler, queue, service, stateful
from components.authority import Authority
from components.component import Component
from components.files import SecretFile, rotation, secret_file
from components.link import Link
from components.place import Place
from diagram import System

REALISED: dict[str, type[service.Service] | type[documents.DocumentStore]] = {
    diagram.Service.kind: service.Service,
    diagram.Workers.kind: service.Workers,
    diagram.Exporter.kind: service.Exporter,
    diagram.Backup.kind: backup.Backup,
    diagram.Jobs.kind: jobs.Jobs,
    diagram.Database.kind: stateful.Database,
    diagram.Cache.kind: stateful.Cache,
    diagram.Pooler.kind: pooler.Pooler,
    diagram.ObjectStore.kind: objects.ObjectStore,
    diagram.DocumentStore.kind: documents.DocumentStore,
    diagram.Balancer.kind: boundary.Balancer,
    diagram.Queue.kind: queue.Queue,
    diagram.Edge.kind: boundary.Edge,
    diagram.Gateway.kind: boundary.Gateway,
    diagram.Egress.kind: boundary.Egress,
    diagram.Forward.kind: boundary.Forward,
    diagram.Monitor.kind: monitoring.Monitor,
    diagram.Alerting.kind: monitoring.Alerting,
}
"""The component of each kind of description."""


class Platform(Component):
    """Everything that `system` needs, from its certificate authorities to its published ports.

    `secrets` are the third parties' secrets that exist, by their configuration keys; a service is given those of its
    secrets that are there. Outputs: `url`, where clients come in, and `root_certificate` (PEM), which signs the
    stack's servers. Several platforms fit in one program, each under its own name.
    """

    package = "rempart"

    def __init__(
        self,
        name: str,
        system: System,
        *,
        secrets: Mapping[str, pulumi.Output[str]] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        root = Authority(self.child("root"), opts=self.own)
        authorities = self._authorities(system)
        place = Place(
            platform=name,
            system=system,
            root=root,
            root_file=secret_file(self, "root-pem", "root.pem", root.certificate),
            links=self._links(system, authorities),
            authorities=authorities,
            secrets=secrets or {},
            files=self._files(system, secrets or {}),
        )
        for it in sorted(system.callees_first(), key=_knows_of_all):
            REALISED[it.kind](self.child(it.name), it, place, authorities.get(it.name), opts=self.own)
        self.url = _url(system)
        self.root_certificate = root.certificate
        self.register_outputs({"url": self.url, "rootCertificate": self.root_certificate})

    def _authorities(self, system: System) -> dict[str, Authority]:
        """One for the callers of each callee, so that a certificate for one callee is worth nothing to another."""
        called = {link.callee: None for link in system.links if link.is_authenticated}
        return {callee: Authority(self.child(f"{callee}-callers"), opts=self.own) for callee in called}

    def _links(self, system: System, authorities: Mapping[str, Authority]) -> dict[str, Link]:
        return {
            link.name: Link(
                self.child(link.name),
                link,
                authorities.get(link.callee) if link.is_authenticated else None,
                system.subnets[link.name],
                system.generation,
                opts=self.own,
            )
            for link in system.links
        }

    def _files(self, system: System, given: Mapping[str, pulumi.Output[str]]) -> dict[str, SecretFile]:
        """The secrets that services read, by name: one for each value, whoever reads it."""
        readers: dict[str, list[str]] = {}
        wanted: dict[str, diagram.Secret] = {}
        for it in system.services:
            for secret in it.held():
                if not secret.config or secret.config in given:
                    wanted[secret.name] = secret
                    readers.setdefault(secret.name, []).append(it.name)
        return {name: self._file(secret, readers[name], system, given) for name, secret in wanted.items()}

    def _file(
        self, secret: diagram.Secret, readers: Sequence[str], system: System, given: Mapping[str, pulumi.Output[str]]
    ) -> SecretFile:
        if secret.config:
            return secret_file(self, secret.name, secret.name, given[secret.config], readers=readers)
        value, due = self._generations(secret, system.generation), rotation(system.generation, "encryption")
        return secret_file(self, secret.name, secret.name, value, readers=readers, rotation=due)

    def _generations(self, secret: diagram.Secret, generation: diagram.Generation) -> pulumi.Output[str]:
        numbers = range(generation.current, 0, -1) if secret.keeps_old else generation.accepted
        values = [
            random.RandomBytes(self.child(f"{secret.name}-g{number}"), length=secret.size, opts=self.own).base64
            for number in numbers
        ]
        return pulumi.Output.all(*values).apply("\n".join)


def _url(system: System) -> str | None:
    return next((gateway.address for gateway in system.gateways), None)


def _knows_of_all(service: diagram.Service) -> bool:
    """Whether it has to be realised after those that certificates are signed for."""
    return isinstance(service, diagram.Exporter) and service.certificates
