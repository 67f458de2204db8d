"""What every component of ours shares."""

from typing import ClassVar

import pulumi
from pulumi import ResourceOptions

USER = 10001
"""The system user and group of every image of ours."""


class Component(pulumi.ComponentResource):
    """A component whose type follows its class, and whose children are named ``<component>-<what>``."""

    package: ClassVar[str] = "rempart:component"
    reader: str = "*"
    """The service for which this component makes secrets; `*` where they are none, as a root's certificate."""

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__(f"{self.package}:{type(self).__name__}", name, {}, opts)
        self.prefix = name

    def child(self, what: str) -> str:
        """The name of a child."""
        return f"{self.prefix}-{what}"

    @property
    def own(self) -> ResourceOptions:
        """The options of a child."""
        return ResourceOptions(parent=self)
