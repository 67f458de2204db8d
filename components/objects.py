"""The object store, realised."""

from collections.abc import Sequence

import pulumi
import pulumi_random as random

from components.component import Component
from components.files import ConfigFile, SecretFile, secret_file
from components.service import Service
from components.stateful import Stateful
from components.text import minio
from diagram import Protocol

ROOT = {"MINIO_ROOT_USER": "root", "MINIO_ROOT_PASSWORD_FILE": "/run/secrets/root.password"}


class ObjectStore(Stateful):
    """MinIO behind its front, on one volume."""

    keeper_memory = "256M"  # its client of the administration was seen to take 134 MiB

    def command(self) -> Sequence[str]:
        """The server."""
        return ("store",)

    def front(self) -> str:
        """Certificates, and to each caller its own key."""
        links = self.place.descriptions(self.place.callers(self.description))
        callers = [link.caller for link in links if link.protocol is Protocol.s3]
        readers = [link.caller for link in links if link.protocol is Protocol.http]
        return minio.front(self.description, callers, readers)

    def variables(self) -> dict[str, str]:
        """Whom it obeys, as its keeper does."""
        return ROOT

    def keeper_variables(self) -> dict[str, str]:
        """As whom the keeper asks."""
        return ROOT

    def listens(self) -> dict[str, str]:
        """The port on loopback."""
        return Service.listens(self)

    def check(self) -> Sequence[str]:
        """It can read and write its data."""
        return Service.check(self)

    def own_secrets(self) -> list[SecretFile]:
        """Its root user's password, which only its keeper has beside it."""
        name = self.description.name
        word = random.RandomPassword(self.child("root"), length=32, special=False, opts=self.own)
        readers = (name, f"{name}-keeper")
        self._root = secret_file(self, "root-word", "root.password", word.result, readers=readers)
        return [self._root]

    def keeper_files(self, keeper: Component) -> tuple[list[SecretFile], list[ConfigFile]]:
        """The users with their keys and policies."""
        links = [link for link in self.place.callers(self.description) if link.passwords]
        secrets = {login: word for link in links for login, word in link.passwords.items()}
        descriptions = self.place.descriptions(links)
        grants = pulumi.Output.all(**secrets).apply(lambda known: minio.grants(self.description, descriptions, known))
        return [self._root, secret_file(keeper, "grants", "grants.json", grants, rotation=self._due())], []
