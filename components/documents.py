"""MongoDB's replica set, realised: a service for each member, and the keeper that makes them one."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_docker as docker
import pulumi_random as random

from components.authority import Authority
from components.component import Component
from components.files import ConfigFile, SecretFile, config_file, rotation, secret_file
from components.network import internal
from components.place import Place
from components.task import Task, service, volume
from components.text import mongodb
from diagram import Health

USER = 999
"""mongodb in the official image, whose files belong to it."""
HOME = {"HOME": "/tmp"}
"""Where mongosh writes what it remembers."""
PING = "quit(db.hello().ok ? 0 : 1)"


class DocumentStore(Component):
    """The members, made and updated one after another so that a majority serves, and their keeper.

    A member mounts its own certificates: one that is renewed restarts the members in turn, and the set goes on.
    """

    def __init__(
        self,
        name: str,
        description: Any,
        place: Place,
        authority: Authority | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self.description, self.place = description, place
        self.reader = description.name
        self.authority = authority or Authority(self.child("callers"), opts=self.own)
        purpose = f"{description.name}-members"
        self.between = internal(self, "members", place.subnet(purpose), purpose)
        word = random.RandomBytes(self.child("member-key"), length=96, opts=self.own).base64
        both = (self.reader, f"{self.reader}-keeper")
        self.shared = [place.root_file, secret_file(self, "member-key", "member.key", word, readers=both)]
        self.callers = secret_file(self, "callers-pem", "callers.pem", self.authority.certificate)
        self.settings = config_file(self, "config-mongod", "/etc/mongod.conf", mongodb.settings(description))
        members: list[docker.Service] = []
        for member in description.member_names:
            members.append(Member(self.child(member.rpartition("-")[2]), self, member, members[-1:], self.own).service)
        keeper = Keeper(self.child("keeper"), self, members, self.own).service
        place.made[description.name] = [*members, keeper]
        self.register_outputs({})

    def proof(self, owner: Component, caller: str) -> SecretFile:
        """What a task of the set shows to a member."""
        return self.authority.sign(owner, "member", caller, "client_auth").file(owner, "member", "member.pem")


class Member(Component):
    """One mongod on its volume."""

    def __init__(
        self,
        name: str,
        store: DocumentStore,
        member: str,
        before: Sequence[docker.Service],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(name, opts)
        it, place = store.description, store.place
        self.reader = it.name
        data = docker.Volume(
            self.child("data"),
            labels=[{"label": "rempart.size", "value": it.size}],
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=place.system.keep_data),
        )
        server = place.root.sign(self, "server", member, "server_auth").file(self, "server", "server.pem")
        asked = mongodb.address(it, member) + "&directConnection=true"
        self.service = service(
            self,
            Task(
                name=member, member_of=it.name, kind=it.kind, zone=it.zone.value, image=it.image,
                platform=place.platform, user=USER,
                cpus=it.cpus, memory=it.memory, health=it.health, grace=it.grace, env=HOME, single=True,
                args=("mongod", "--config", "/etc/mongod.conf"),
                check=("mongosh", "--quiet", "--norc", asked, "--eval", PING), has_well=False,
                secrets=[*store.shared, store.callers, server, store.proof(self, member)],
                configs=[store.settings], mounts=[volume(data.name, it.volume)], links=place.names(it),
                called_on=[store.between, *(link.network for link in place.callers(it))],
            ),
            after=before,
        )  # fmt: skip
        self.register_outputs({})


class Keeper(Component):
    """Initiates the set, and gives each caller its user. It joins the members' network only."""

    def __init__(
        self, name: str, store: DocumentStore, members: Sequence[docker.Service], opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__(name, opts)
        it, place = store.description, store.place
        self.reader = f"{it.name}-keeper"
        links = place.callers(it)
        passwords = {login: word for link in links for login, word in link.passwords.items()}
        descriptions = place.descriptions(links)
        text = pulumi.Output.all(**passwords).apply(lambda known: mongodb.users(it, descriptions, known))
        due = rotation(place.system.generation, "database")
        configs: list[ConfigFile] = [config_file(self, "script", "/etc/keeper/keep.js", mongodb.keeper(it))]
        self.service = service(
            self,
            Task(
                name=self.reader, kind="keeper", zone=it.zone.value, image=it.image, platform=place.platform, user=USER,
                cpus=0.25, memory="256M", health=Health(interval=5), grace=10, env=HOME, single=True,
                args=("mongosh", "--quiet", "--norc", "--nodb", "/etc/keeper/keep.js"),
                check=("test", "-f", "/tmp/ready"), has_well=False,
                secrets=[
                    *store.shared, store.proof(self, self.reader),
                    secret_file(self, "users", "users.json", text, rotation=due),
                ],
                configs=configs, calls_on=[store.between],
            ),
            after=members,
        )  # fmt: skip
        self.register_outputs({})
