"""What a resource provider is: the contract between the engine's core and random, tls, dynamic and docker.

Values are plain Python (dict, list, str, int, float, bool, None): the core takes secret marks off before a call and
puts them back on afterwards. `check`, `diff` and `planned` may meet `UNKNOWN` anywhere; the other calls never do.
"""

# ruff: noqa: A002 - Pulumi's own names

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

Properties = dict[str, Any]


class Progress(Protocol):
    """Tells people what is under way; `runs` says whether any of it runs, where the provider knows."""

    def __call__(self, message: str, *, runs: bool | None = None) -> None: ...


@dataclass(frozen=True)
class Diff:
    """Top-level properties that differ, those among them that force replacement, and in which order to replace.

    `unnamed`: something differs, but the provider does not say what.
    """

    changed: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    delete_before_replace: bool = False
    unnamed: bool = False


class CheckFailure(NamedTuple):
    property: str
    reason: str


class ProviderError(Exception):
    """An operation failed; the message is shown as it is and never holds a secret."""


class InvalidArgument(ProviderError):  # noqa: N818 - as CheckFailure is to a resource
    """A function was called with arguments that its schema does not allow."""

    def __init__(self, reason: str, property: str) -> None:
        super().__init__(reason)
        self.property = property


class PartialCreate(ProviderError):  # noqa: N818 - it is a creation first, an error second
    """Created or updated, but it did not initialise: the state is recorded and the step has failed."""

    def __init__(self, message: str, id: str, outputs: Properties) -> None:
        super().__init__(message)
        self.id = id
        self.outputs = outputs


class Provider(Protocol):
    """One instance per package ("random", "tls", "docker", ...); `types` are full tokens."""

    types: frozenset[str]
    outside: bool
    """Whether its resources are anywhere but in the state."""

    def check(
        self, type: str, name: str, olds: Properties | None, news: Properties
    ) -> tuple[Properties, list[CheckFailure]]:
        """Inputs with defaults filled in (`__defaults`, an auto-name of 7 hex, the one of `olds` if there is one)."""
        ...

    def diff(self, type: str, id: str, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Diff: ...

    def planned(self, type: str, news: Properties, old_outputs: Properties | None) -> Properties:
        """Outputs as a preview shows them; `UNKNOWN` where only a real step tells. `old_outputs`: an update of it."""
        ...

    def create(self, type: str, inputs: Properties, progress: Progress) -> tuple[str, Properties]: ...

    def update(
        self,
        type: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        progress: Progress,
    ) -> Properties: ...

    def read(
        self, type: str, id: str, inputs: Properties, outputs: Properties
    ) -> tuple[str, Properties, Properties] | None:
        """The id, inputs and outputs as they really are, or None when the resource is gone."""
        ...

    def delete(self, type: str, id: str, outputs: Properties, progress: Progress) -> None:
        """Deletes it; that it is gone already is success."""
        ...

    def find(self, type: str, inputs: Properties) -> str | None:
        """The id of what a creation with `inputs` made before the engine died, or None if it made nothing."""
        ...

    def invoke(self, token: str, args: Properties) -> Properties: ...
