"""The database and the cache, each with its keeper."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pulumi
import pulumi_docker as docker
import pulumi_random as random

import diagram
from components import server
from components.component import USER, Component
from components.files import ConfigFile, SecretFile, config_file, rotation, secret_file
from components.network import internal
from components.service import Service
from components.task import Task, service, tmpfs, volume
from components.text import postgres, redis
from diagram import Health

RUN = "/run/keeper"
KEEPER = Health(interval=2)
"""Its callee starts to serve when the keeper has given what it holds: sooner is better."""
IN_MEMORY = {"type": "tmpfs", "device": "tmpfs", "o": f"size=1m,uid={USER},gid={USER},mode=0700"}
"""Options of a volume that never reaches a disk, on whichever node its two services are."""


class Stateful(Service):
    """One task on one volume. What rotates comes from its keeper, over a volume in memory that only the two share."""

    keeper_memory: ClassVar[str] = "128M"

    def own_secrets(self) -> list[SecretFile]:
        """None: the keeper holds them."""
        return []

    def front(self) -> str:
        """None: it ends TLS itself."""
        return ""

    def listens(self) -> dict[str, str]:
        """None: its configuration says it."""
        return {}

    def mounts(self) -> list[dict[str, Any]]:
        """The data, and what it shares with its keeper."""
        self.shared = docker.Volume(self.child("keeper"), driver="local", driver_opts=IN_MEMORY, opts=self.own)
        return [*super().mounts(), volume(self.shared.name, RUN, made=IN_MEMORY)]

    def _due(self) -> dict[str, str]:
        return rotation(self.place.system.generation, "database")

    def companions(self) -> None:
        """Its keeper."""
        keeper = Keeper(self.child("keeper"), self, self.shared, opts=self.own)
        self.place.made[self.description.name].append(keeper.service)

    def keeper_files(self, keeper: Component) -> tuple[list[SecretFile], list[ConfigFile]]:
        """What the keeper is given beside certificates."""
        raise NotImplementedError

    def keeper_variables(self) -> dict[str, str]:
        """What the keeper's program is told."""
        return {}


class Keeper(Component):
    """Mounts what rotates, hands it to its callee and makes it reload. It has no network but its own."""

    def __init__(
        self, name: str, callee: Stateful, shared: docker.Volume, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        place, it = callee.place, callee.description
        self.reader = f"{it.name}-keeper"
        secrets, configs = callee.keeper_files(self)
        if callee.authority:
            secrets += server.files(self, place.root, callee.authority, it, "server.pem")
        alone = f"{it.name}-keeper-alone"
        self.service = service(
            self,
            Task(
                name=f"{it.name}-keeper", kind="keeper", zone=it.zone.value, image=it.image, platform=place.platform,
                runs_on=it.runs_on, cpus=0.25, memory=callee.keeper_memory, health=KEEPER, grace=10,
                args=("keeper",),
                env=callee.keeper_variables(),
                check=("test", "-f", "/tmp/ready"), secrets=secrets, configs=configs,
                mounts=[volume(shared.name, RUN, made=IN_MEMORY)], single=True,
                calls_on=[internal(self, "alone", place.subnet(alone), alone)],
            ),
        )  # fmt: skip
        self.register_outputs({})


class Database(Stateful):
    """PostgreSQL."""

    stop_signal = "SIGINT"

    def command(self) -> Sequence[str]:
        """The server."""
        return ("postgres",)

    def texts(self) -> Mapping[str, str]:
        """Its settings, and who may connect."""
        networks = {link.caller: self.place.subnet(link.name) for link in self._called()}
        return {
            "/etc/postgresql/postgresql.conf": postgres.settings(self.description),
            "/etc/postgresql/pg_hba.conf": postgres.host_based(self.description, networks, self._poolers()),
        }

    def check(self) -> Sequence[str]:
        """It accepts connections, with TLS on."""
        return ("pg_isready", "-q", "-h", RUN, "-p", str(self.description.port))

    def mounts(self) -> list[dict[str, Any]]:
        """Shared memory beyond Docker's 64 MiB."""
        return [*super().mounts(), tmpfs("/dev/shm", 256)]

    def keeper_files(self, keeper: Component) -> tuple[list[SecretFile], list[ConfigFile]]:
        """The roles with their verifiers, and the application's schema."""
        it = self.description
        pooled = [link for pooler in self.place.system.poolers(it) for link in self.place.pooled(pooler)]
        verifiers = {login: word for link in (*self.place.callers(it), *pooled) for login, word in link.verifiers()}
        descriptions = [*self._called(), *(_pooled(link.link) for link in pooled)]
        poolers = self._poolers()
        roles = pulumi.Output.all(**verifiers).apply(lambda known: postgres.roles(it, descriptions, known, poolers))
        schema = config_file(keeper, "schema", "/etc/keeper/schema.sql", postgres.schema(it, poolers))
        return [secret_file(keeper, "roles", "roles.sql", roles, rotation=self._due())], [schema]

    def _called(self) -> list[Any]:
        return self.place.descriptions(self.place.callers(self.description))

    def _poolers(self) -> list[str]:
        return [pooler.name for pooler in self.place.system.poolers(self.description)]


def _pooled(link: diagram.Link) -> diagram.Link:
    """The link of a caller that its callee, a pooler, stands for in the database."""
    return link.model_copy(update={"roles": (*link.roles, postgres.clients(link.callee))})


class Cache(Stateful):
    """Redis."""

    def command(self) -> Sequence[str]:
        """The server."""
        return ("redis",)

    def texts(self) -> Mapping[str, str]:
        """Its settings."""
        return {"/etc/redis/redis.conf": redis.settings(self.description)}

    def check(self) -> Sequence[str]:
        """It answers on its socket; the default user is off, so the answer is a refusal."""
        return ("probe-redis", f"{RUN}/redis.sock")

    def keeper_files(self, keeper: Component) -> tuple[list[SecretFile], list[ConfigFile]]:
        """The users with the hashes of their passwords, and the keeper's own password."""
        own = random.RandomPassword(keeper.child("password"), length=32, special=False, opts=keeper.own)
        links = self.place.callers(self.description)
        passwords = {login: word for link in links for login, word in link.passwords.items()}
        descriptions = self.place.descriptions(links)
        users = pulumi.Output.all(pulumi.Output.all(**passwords), own.result).apply(
            lambda known: redis.users(descriptions, known[0], known[1])
        )
        files = [
            secret_file(keeper, "users", "users.acl", users, rotation=self._due()),
            secret_file(keeper, "word", "keeper.password", own.result),
        ]
        return files, []
