"""The pooler, realised."""

from collections.abc import Mapping, Sequence

import pulumi

from components.files import SecretFile, rotation, secret_file
from components.service import Service
from components.text import pgbouncer, postgres
from diagram.pooler import CONSOLE


class Pooler(Service):
    """PgBouncer: it ends TLS itself, and is replaced blue/green when what it holds rotates."""

    stop_signal = "SIGINT"

    def command(self) -> Sequence[str]:
        """The server."""
        return ("pooler",)

    def front(self) -> str:
        """None: it asks for certificates itself."""
        return ""

    def listens(self) -> dict[str, str]:
        """None: its configuration says it."""
        return {}

    def variables(self) -> dict[str, str]:
        """What the image's own programs need: how many files it may have open, and whom the health check asks as."""
        it = self.description
        return {
            "POOLER_DESCRIPTORS": str(pgbouncer.descriptors(it)),
            "POOLER_LOGIN": self._own,
            "POOLER_DATABASE": it.of.database,
            "POOLER_PASSWORD_FILE": f"/run/secrets/{it.of.name}.password",
        }

    def texts(self) -> Mapping[str, str]:
        """Its settings, and who may come from where."""
        logins = {
            login: (link.link.database, self.place.subnet(link.link.name))
            for link in self.place.callers(self.description)
            for login in link.passwords
        }
        readers = [login for login, (database, _) in sorted(logins.items()) if database == CONSOLE]
        return {
            "/etc/pgbouncer/pgbouncer.ini": pgbouncer.settings(self.description, self._own, readers),
            "/etc/pgbouncer/callers": pgbouncer.admitted(logins),
        }

    def check(self) -> Sequence[str]:
        """Ready when the database answers through it, alive when it answers itself."""
        return ("probe-pooler", str(self.description.port))

    def own_secrets(self) -> list[SecretFile]:
        """What it proves itself with to its callers, and the passwords that it cannot ask for."""
        to_database = next(link for link in self._callees if link.link.callee == self.description.of.name)
        own = {login: word for login, word in to_database.passwords.items() if login == self._own}
        readers = {
            login: word
            for link in self.place.callers(self.description)
            if link.link.database == CONSOLE
            for login, word in link.verifiers()
        }
        users = pulumi.Output.all(pulumi.Output.all(**own), pulumi.Output.all(**readers)).apply(
            lambda known: pgbouncer.users(known[0], known[1])
        )
        due = rotation(self.place.system.generation, "database")
        return [*super().own_secrets(), secret_file(self, "users", "users.txt", users, rotation=due)]

    @property
    def _own(self) -> str:
        return postgres.login(self.description.name, self.place.system.generation.current)
