"""A link, realised: its network, and what its caller proves itself with."""

import base64
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

import pulumi
import pulumi_random as random

import diagram
from components import address
from components.authority import Authority
from components.component import Component
from components.files import SecretFile, rotation, secret_file
from components.network import internal
from components.text import postgres
from diagram import Generation, Protocol

WITH_PASSWORD = (Protocol.postgres, Protocol.redis, Protocol.mongodb, Protocol.s3)
"""The protocols whose callers also have a user's password."""
WITH_LOGIN = (*WITH_PASSWORD, Protocol.amqp)
"""The protocols whose callers have a login of each accepted generation."""


class Link(Component):
    """What lets `caller` call `callee`: a network of their own, an identity, and a name to call.

    `files` and `env` are the caller's, of the generation that it uses; `logins`, `passwords` (by login) and `salts` are
    for the callee's keeper, and hold every accepted generation. A broker's callers have no password.
    """

    def __init__(
        self,
        name: str,
        link: diagram.Link,
        authority: Authority | None,
        subnet: IPv4Network,
        generation: Generation,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self.link = link
        self.reader = link.caller
        self.network = internal(self, "network", subnet, link.name)
        self.files: list[SecretFile] = []
        self.logins: list[str] = []
        self.passwords: dict[str, pulumi.Output[str]] = {}
        self.salts: dict[str, pulumi.Output[str]] = {}
        if authority and link.protocol in WITH_LOGIN:
            for number in generation.accepted:
                self._generation(authority, number, generation)
        elif authority:
            self.files += authority.sign(self, "client", link.caller, "client_auth").files(
                self, "client", f"{link.callee}.pem"
            )
        self.env = address.of(link, generation.current)
        self.register_outputs({})

    def verifiers(self) -> Iterator[tuple[str, pulumi.Output[str]]]:
        """What PostgreSQL keeps of each password, by its login."""
        for login, password in self.passwords.items():
            yield login, pulumi.Output.all(password, self.salts[login]).apply(_verifier)

    def _generation(self, authority: Authority, number: int, generation: Generation) -> None:
        login = postgres.login(self.link.caller, number)
        self.logins.append(login)
        if number == generation.current:
            leaf = authority.sign(self, f"client-g{number}", login, "client_auth")
            file = f"{self.link.callee}.pem"
            in_one = self.link.protocol is Protocol.mongodb
            self.files += [leaf.file(self, f"g{number}", file)] if in_one else leaf.files(self, f"g{number}", file)
        if self.link.protocol in WITH_PASSWORD:
            self._password(login, number, generation)

    def _password(self, login: str, number: int, generation: Generation) -> None:
        password = random.RandomPassword(self.child(f"password-g{number}"), length=32, special=False, opts=self.own)
        self.passwords[login] = password.result
        if self.link.protocol is Protocol.postgres:
            salt = random.RandomBytes(self.child(f"salt-g{number}"), length=16, opts=self.own)
            self.salts[login] = salt.base64
        if number == generation.current:
            due = rotation(generation, "database")
            word = secret_file(self, f"g{number}-word", f"{self.link.callee}.password", password.result, rotation=due)
            self.files.append(word)


def _verifier(pair: Sequence[str]) -> str:
    return postgres.verifier(pair[0], base64.b64decode(pair[1]))
