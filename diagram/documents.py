"""MongoDB: documents, kept by a replica set."""

import re
from typing import Annotated, ClassVar, Self

from pydantic import StringConstraints, model_validator

from diagram.description import Memory, Port
from diagram.link import Link, Protocol
from diagram.service import Health, Service, Use
from diagram.stateful import Stateful

ODD = (3, 5, 7)
BY_DIGEST = r"@sha256:[0-9a-f]{64}$"


class DocumentStore(Stateful):
    """MongoDB 7 as a replica set: `members` services with a volume each, and a keeper that makes them one.

    TLS 1.3 with client certificates only; members know each other by a key file. Each caller has a user, whose rights
    its link names. It runs the official image, which the stack names by digest. It was planned and never run here.
    """

    kind: ClassVar[str] = "document-store"
    protocol: ClassVar[Protocol] = Protocol.mongodb

    port: Port | None = 27017
    database: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    members: int = 3
    size: Memory = "20G"
    """What each member's volume is to hold; Docker's local volumes keep no limit, so it is written on them."""
    volume: str | None = "/data/db"
    memory: Memory = "1G"
    health: Health = Health(interval=15)

    @model_validator(mode="after")
    def its_image_is_named_by_digest(self) -> Self:
        """It is not one of ours, whose tag is their content."""
        if not re.search(BY_DIGEST, self.image):
            raise ValueError(f"{self.name}.image: must be named by its digest (...@sha256:...)")
        return self

    @model_validator(mode="after")
    def a_majority_outlives_a_member(self) -> Self:
        """With an even number one more member can be lost by none, and MongoDB lets seven vote."""
        if self.members not in ODD:
            raise ValueError(f"{self.name}.members: accepted are {', '.join(map(str, ODD))}")
        return self

    @property
    def tasks(self) -> int:
        """One for each member."""
        return self.members

    @property
    def member_names(self) -> tuple[str, ...]:
        """The names by which callers and members find each of them."""
        return tuple(f"{self.name}-{number}" for number in range(1, self.members + 1))

    def grants(self, *rights: str) -> Use:
        """This store for a caller with these of MongoDB's built-in roles (readWrite, clusterMonitor@admin)."""
        return Use(target=self, rights=rights)

    def link_from(self, caller: Service, use: Use) -> Link:
        """A caller without a right could do nothing."""
        if not use.rights:
            raise ValueError(
                f"{caller.name}.uses: {self.name} grants nothing by itself: name rights, such as readWrite"
            )
        found = {"database": self.database, "members": self.member_names}
        return super().link_from(caller, use).model_copy(update=found)
